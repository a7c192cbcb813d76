#include "core/trackers/mlflow_tracker.h"

#include "core/formats/json.h"
#include "core/trackers/numbers.h"

#include <algorithm>
#include <cmath>

namespace lyceum::trackers {

using nlohmann::json;

namespace {

// mlflow/utils/validation.py
constexpr std::size_t kLongestKey = 250;
constexpr std::size_t kLongestParam = 6000;
constexpr std::size_t kMostParams = 100;
constexpr std::size_t kLongestText = 64 * 1024;
constexpr const char* kRunning = "RUNNING";

std::int64_t milliseconds(double seconds)
{
    return std::llround(seconds * 1000);
}

/// Letters, digits and "_-. :/" are what a key may hold.
std::string key_of(std::string name)
{
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-. :/").find(c) != std::string_view::npos;
    };
    std::ranges::replace_if(
        name, [&](char c) { return !is_allowed(c); }, '_');
    return name.substr(0, kLongestKey);
}

json value_of(double value)
{
    if (std::isfinite(value))
        return value;
    return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"; // as protobuf's JSON
}

std::string status_of(RunEnd end)
{
    return end == RunEnd::Finished ? "FINISHED" : end == RunEnd::Stopped ? "KILLED" : "FAILED";
}

} // namespace

MlflowTracker::MlflowTracker(Options options) : options_(std::move(options))
{
    if (options_.server)
        api_.emplace(options_.server.value());
}

Result<void> MlflowTracker::open(const std::string& run, const std::filesystem::path& folder,
                                 double start_time)
{
    run_ = run;
    start_time_ = start_time;
    return spool_.open(folder);
}

Result<void> MlflowTracker::start(const RunStart& start)
{
    LYCEUM_TRY(open(start.run, start.folder, start.time));
    const bool had_ended = !spool_.last_status().empty() && spool_.last_status() != kRunning;
    if (had_ended)
        return spool_.append({{"status", kRunning}, {"time", 0}});
    return {};
}

Result<void> MlflowTracker::log_hyperparams(const Hyperparams& values)
{
    if (spool_.has_params())
        return {}; // they cannot change at the server, and do not in a run
    json params = json::object();
    for (const auto& [name, value] : values) {
        const bool is_long = value.size() > kLongestParam;
        if (params.size() < kMostParams)
            params[key_of(name)] = is_long ? value.substr(0, kLongestParam - 3) + "..." : value;
    }
    return spool_.append({{"params", std::move(params)}});
}

Result<void> MlflowTracker::log_metrics(const MetricsRecord& record)
{
    json metrics = json::object();
    for (const auto& [name, value] : record.values)
        if (const auto key = key_of(name); !spool_.has(key, record.step))
            metrics[key] = value_of(value);
    if (metrics.empty())
        return {};
    return spool_.append({{"step", record.step},
                          {"time", milliseconds(record.time)},
                          {"metrics", std::move(metrics)}});
}

Result<void> MlflowTracker::log_text(const TextRecord& record)
{
    auto title = record.title.substr(0, 60);
    std::ranges::replace(title, '/', ' ');
    const auto file = key_of("samples/" + title);
    if (record.kind != TextRecord::Kind::Sample || spool_.has(file, record.step))
        return {};
    return spool_.append({{"step", record.step},
                          {"file", file},
                          {"text", record.title.substr(0, kLongestText) + "\n\n" +
                                       record.text.substr(0, kLongestText)}});
}

Result<void> MlflowTracker::finalize(RunEnd end)
{
    return spool_.append({{"status", status_of(end)}, {"time", milliseconds(now_seconds())}});
}

Result<void> MlflowTracker::make_run()
{
    LYCEUM_TRY(spool_.use_server(api_->origin(), options_.experiment));
    if (!spool_.run().run_id.empty())
        return {};
    LYCEUM_ASSIGN(const auto experiment, api_->experiment(options_.experiment));
    // An answer to a first try may have been lost.
    LYCEUM_ASSIGN(auto run, api_->find_run(experiment, spool_.uid()));
    if (!run) {
        LYCEUM_ASSIGN(run, api_->create_run({.experiment_id = experiment,
                                             .uid = spool_.uid(),
                                             .name = run_,
                                             .start_time = milliseconds(start_time_)}));
    }
    return spool_.set_run(*run);
}

Result<void> MlflowTracker::send(const MlflowSpool::Batch& batch)
{
    const auto& run = spool_.run();
    if (batch.is_batch)
        return api_->log_batch(run.run_id, batch.body);
    const formats::JsonObject line(batch.body, "spool.jsonl");
    LYCEUM_ASSIGN(const auto status, line.string_or("status", ""));
    LYCEUM_ASSIGN(const auto time, line.integer_or("time", 0));
    if (!status.empty())
        return api_->set_status(run.run_id, status, time);
    LYCEUM_ASSIGN(const auto file, line.string_or("file", ""));
    LYCEUM_ASSIGN(const auto text, line.string_or("text", ""));
    LYCEUM_ASSIGN(const auto number, line.integer_or("step", 0));
    auto step = std::to_string(number);
    step.insert(0, 6 - std::min<std::size_t>(6, step.size()), '0');
    // Where files are kept elsewhere, samples stay in the run's own folder and the store.
    const auto put = api_->put_text(run, file + "-" + step + ".txt", text);
    if (!put && is_transient(put.error()))
        return put.error();
    return {};
}

Result<void> MlflowTracker::sync()
{
    if (!options_.server)
        return options_.server.error();
    LYCEUM_TRY(make_run());
    if (spool_.num_waiting() == 0)
        return {};
    LYCEUM_ASSIGN(const auto batch, spool_.next());
    LYCEUM_TRY(send(batch));
    return spool_.mark_pushed(batch);
}

std::uint64_t MlflowTracker::num_waiting() const
{
    return spool_.is_open() ? spool_.num_waiting() : 0;
}

void MlflowTracker::cancel()
{
    if (api_)
        api_->cancel();
}

} // namespace lyceum::trackers
