#include "app/cli/follow.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/jobs/run_trackers.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace lyceum::cli {
namespace {

constexpr std::size_t kLogPiece = std::size_t{1} << 20;

std::string local_time(double unix_seconds)
{
    if (unix_seconds <= 0)
        return "-";
    const auto seconds = static_cast<std::time_t>(unix_seconds);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local)};
}

std::string number(double value)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

Json optional_json(const std::optional<double>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

Json describe(const store::RunRow& run)
{
    return {{"run", run.name},
            {"name", run.name},
            {"status", store::to_string(run.status)},
            {"step", run.step},
            {"total_steps", run.total_steps},
            {"model", run.base_model},
            {"dataset", run.dataset},
            {"method", run.method},
            {"created_at", run.created_at},
            {"best_val_loss", optional_json(run.best_val_loss)},
            {"folder", run.folder.string()}};
}

Result<Json> describe_fully(store::RunStore& store, const store::RunRow& run)
{
    Json json = describe(run);
    json["phase"] = store::to_string(run.phase);
    json["epoch"] = run.epoch;
    json["started_at"] = run.started_at;
    json["ended_at"] = run.ended_at;
    json["host"] = run.host;
    json["pid"] = run.process.pid;
    json["strategy"] = run.strategy;
    json["world_size"] = run.world_size;
    json["message"] = run.message;
    json["hint"] = run.hint;
    json["metrics"] = Json::object();
    LYCEUM_ASSIGN(const std::vector<store::Metric> metrics, store.latest_metrics(run.id));
    for (const store::Metric& metric : metrics)
        json["metrics"][metric.name] = metric.value;
    json["checkpoints"] = Json::array();
    LYCEUM_ASSIGN(const std::vector<store::CheckpointRow> checkpoints, store.checkpoints(run.id));
    for (const store::CheckpointRow& point : checkpoints) {
        if (point.is_kept)
            json["checkpoints"].push_back({{"step", point.step},
                                           {"folder", point.folder.string()},
                                           {"val_loss", optional_json(point.val_loss)},
                                           {"size_bytes", point.size_bytes},
                                           {"best", point.is_best},
                                           {"last", point.is_last}});
    }
    json["trackers"] = Json::array();
    LYCEUM_ASSIGN(const std::vector<jobs::RunTracker> trackers, jobs::trackers_of(run));
    for (const jobs::RunTracker& tracker : trackers)
        json["trackers"].push_back({{"name", tracker.name},
                                    {"state", tracker.state},
                                    {"dropped", tracker.num_dropped},
                                    {"waiting", tracker.num_waiting},
                                    {"message", tracker.message},
                                    {"folder", tracker.folder.string()},
                                    {"command", tracker.command}});
    const Json summary = Json::parse(run.summary_json, nullptr, false);
    json["summary"] = summary.is_object() ? summary : Json(nullptr);
    return json;
}

std::string describe(const jobs::RunTracker& tracker)
{
    std::string text = tracker.name;
    if (tracker.num_dropped > 0)
        text += ", lacks " + std::to_string(tracker.num_dropped) + " records";
    if (tracker.num_waiting > 0)
        text += ", " + std::to_string(tracker.num_waiting) + " records wait";
    if (!tracker.message.empty())
        text += ": " + tracker.message;
    return tracker.command.empty() ? text : text + "  (" + tracker.command + ")";
}

void print_row(const std::string& label, const std::string& value)
{
    std::string padded = label;
    padded.resize(std::max<std::size_t>(padded.size() + 1, 14), ' ');
    print_line(padded + value);
}

Result<void> print_description(store::RunStore& store, const store::RunRow& run)
{
    print_row("run", run.name);
    print_row("status", std::string{store::to_string(run.status)} +
                            (run.status == store::RunStatus::Lost ? ", can be resumed" : ""));
    if (!run.message.empty())
        print_row("", run.message + " " + run.hint);
    print_row("step", std::to_string(run.step) + " of " + std::to_string(run.total_steps));
    print_row("model", run.base_model + " (" + run.method + ")");
    print_row("data", run.dataset);
    print_row("created", local_time(run.created_at));
    print_row("ended", local_time(run.ended_at));
    LYCEUM_ASSIGN(const std::vector<store::Metric> metrics, store.latest_metrics(run.id));
    for (const store::Metric& metric : metrics)
        print_row(metric.name, number(metric.value) + " at step " + std::to_string(metric.step));
    LYCEUM_ASSIGN(const std::vector<store::CheckpointRow> checkpoints, store.checkpoints(run.id));
    for (const store::CheckpointRow& point : checkpoints) {
        if (point.is_kept)
            print_row("checkpoint",
                      "step " + std::to_string(point.step) +
                          (point.val_loss ? ", val_loss " + number(*point.val_loss) : "") +
                          (point.is_best ? ", best" : "") + (point.is_last ? ", last" : "") + ", " +
                          format_bytes(point.size_bytes));
    }
    LYCEUM_ASSIGN(const std::vector<jobs::RunTracker> trackers, jobs::trackers_of(run));
    for (const jobs::RunTracker& tracker : trackers)
        print_row("tracker", describe(tracker));
    print_row("folder", run.folder.string());
    return {};
}

} // namespace

Result<int> run(const RunsList&, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const std::vector<store::RunRow> runs, jobs->store().runs());
    if (runs.empty() && !context.json)
        say("No runs yet. The starter project: lyceum train starter");
    for (const store::RunRow& run : runs) {
        if (context.json)
            print_json(describe(run));
        else
            print_line(run.name + "  " + std::string{store::to_string(run.status)} + "  step " +
                       std::to_string(run.step) + "/" + std::to_string(run.total_steps) + "  " +
                       local_time(run.created_at) +
                       (run.best_val_loss ? "  val_loss " + number(*run.best_val_loss) : ""));
    }
    return kDone;
}

Result<int> run(const RunsShow& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    if (!context.json) {
        LYCEUM_TRY(print_description(jobs->store(), run));
        return kDone;
    }
    LYCEUM_ASSIGN(const Json json, describe_fully(jobs->store(), run));
    print_json(json);
    return kDone;
}

Result<int> run(const RunsStop& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    return stop_and_follow(*jobs, run, context);
}

Result<int> run(const RunsMetrics& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    LYCEUM_ASSIGN(const std::vector<std::string> names, jobs->store().metric_names(run.id));
    if (command.name && std::ranges::find(names, *command.name) == names.end()) {
        const auto near = nearest(*command.name, names);
        return Error{ErrorCode::NotFound,
                     "Run " + run.name + " has no metric '" + *command.name + "'",
                     near ? "Did you mean " + *near + "?" : "It has: " + join(names, ", ") + "."};
    }
    LYCEUM_ASSIGN(const std::vector<store::Metric> metrics,
                  jobs->store().metrics(run.id, command.name));
    for (const store::Metric& metric : metrics) {
        if (context.json)
            print_json({{"step", metric.step},
                        {"name", metric.name},
                        {"value", metric.value},
                        {"time", metric.time}});
        else
            print_line(std::to_string(metric.step) + "  " + metric.name + "  " +
                       number(metric.value));
    }
    return kDone;
}

Result<int> run(const RunsLog& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    std::uint64_t offset = 0;
    std::string rest;
    while (true) {
        LYCEUM_ASSIGN(const std::string piece, jobs->read_log(run, offset, kLogPiece));
        offset += piece.size();
        rest += piece;
        const std::size_t end = piece.empty() ? rest.size() : rest.rfind('\n') + 1;
        if (end > 0) {
            const std::size_t length = rest[end - 1] == '\n' ? end - 1 : end;
            for (const std::string& line : split(rest.substr(0, length), '\n'))
                context.json ? print_json({{"line", line}}) : print_line(line);
        }
        rest.erase(0, end);
        if (piece.empty())
            return kDone;
    }
}

Result<int> run(const RunsDelete& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_TRY(jobs->remove(command.run));
    if (context.json)
        print_json({{"run", command.run}, {"deleted", true}});
    else
        print_line("Run " + command.run + " is deleted.");
    return kDone;
}

} // namespace lyceum::cli
