#include "core/trackers/after_the_fact.h"

#include "core/config/trackers.h"
#include "core/trackers/make_trackers.h"
#include "core/trackers/mlflow_tracker.h"
#include "core/trackers/numbers.h"
#include "core/trackers/status.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lyceum::trackers {

namespace fs = std::filesystem;

namespace {

/// Everything of one step, in the order it is told.
struct Step {
    MetricsRecord metrics;
    std::vector<TextRecord> texts;
};

Result<std::map<std::int64_t, Step>> steps_of(store::RunStore& store, store::RunId run)
{
    std::map<std::int64_t, Step> steps;
    LYCEUM_ASSIGN(const auto metrics, store.metrics(run));
    for (const auto& metric : metrics) {
        auto& record = steps[metric.step].metrics;
        record.step = metric.step;
        record.time = std::max(record.time, metric.time);
        record.values.emplace_back(metric.name, metric.value);
    }
    LYCEUM_ASSIGN(const auto samples, store.samples(run));
    for (const auto& sample : samples)
        steps[sample.step].texts.push_back(
            {TextRecord::Kind::Sample, sample.step, sample.time, sample.prompt, sample.text});
    LYCEUM_ASSIGN(const auto events, store.events(run));
    for (const auto& event : events)
        steps[event.step].texts.push_back(
            {TextRecord::Kind::Event, event.step, event.time, event.kind, event.text});
    return steps;
}

RunEnd end_of(store::RunStatus status)
{
    return status == store::RunStatus::Finished  ? RunEnd::Finished
           : status == store::RunStatus::Stopped ? RunEnd::Stopped
                                                 : RunEnd::Failed;
}

Result<void> sync_all(Tracker& tracker)
{
    while (tracker.num_waiting() > 0)
        LYCEUM_TRY(tracker.sync());
    return {};
}

/// The run's own options for a tracker, or its defaults.
config::TrackerConfig options_of(const config::RunConfig& config, const std::string& name)
{
    const auto found = std::ranges::find(config.trackers, name, &config::TrackerConfig::name);
    return found == config.trackers.end() ? config::TrackerConfig{.name = name, .options = {}}
                                          : *found;
}

void note_pushed(const fs::path& folder, const Tracker& tracker, const Result<void>& sent)
{
    auto statuses = read_statuses(folder);
    if (!statuses)
        return;
    for (auto& status : statuses.value()) {
        if (status.name != tracker.name())
            continue;
        status.num_waiting = tracker.num_waiting();
        status.state = sent ? "ok" : "waiting";
        status.message = sent ? "" : sent.error().message;
    }
    (void)write_statuses(folder, statuses.value());
}

} // namespace

Result<std::uint64_t> export_run(store::RunStore& store, const store::RunRow& run,
                                 const config::RunConfig& config,
                                 const config::TrackerConfig& tracker, const fs::path& folder)
{
    std::error_code failure;
    if (fs::exists(folder, failure) && !fs::is_empty(folder, failure))
        return Error{ErrorCode::AlreadyExists, "The folder " + folder.string() + " is not empty.",
                     "Choose another one with --out."};
    LYCEUM_ASSIGN(const auto steps, steps_of(store, run.id));
    const auto writer = make_tracker(tracker);
    const auto time = run.started_at > 0 ? run.started_at : run.created_at;
    LYCEUM_TRY(writer->start({.run = run.name, .folder = folder, .time = time}));
    LYCEUM_TRY(writer->log_hyperparams(hyperparams_of(config)));
    std::uint64_t num_records = 0;
    for (const auto& [number, step] : steps) {
        if (!step.metrics.values.empty())
            LYCEUM_TRY(writer->log_metrics(step.metrics));
        for (const auto& text : step.texts)
            LYCEUM_TRY(writer->log_text(text));
        num_records += step.texts.size() + (step.metrics.values.empty() ? 0 : 1);
    }
    if (!store::is_active(run.status))
        LYCEUM_TRY(writer->finalize(end_of(run.status)));
    LYCEUM_TRY(sync_all(*writer));
    return num_records;
}

Result<std::uint64_t> push_run(const store::RunRow& run, const config::RunConfig& config)
{
    const auto folder = run.folder / "trackers";
    std::error_code failure;
    if (!fs::exists(folder / "mlflow" / "spool.jsonl", failure))
        return Error{ErrorCode::NotFound, "Run " + run.name + " has nothing for an MLflow server.",
                     "Send it from the run store: lyceum runs export-tracker " + run.name +
                         " --to mlflow"};
    if (store::is_active(run.status))
        return Error{ErrorCode::InvalidConfig,
                     "Run " + run.name + " is running, and sends its records itself.",
                     "Wait for its end."};
    const auto made = make_tracker(options_of(config, "mlflow"));
    auto& tracker = static_cast<MlflowTracker&>(*made);
    LYCEUM_TRY(tracker.open(run.name, folder / "mlflow", run.started_at));
    const bool has_ended = !tracker.last_status().empty() && tracker.last_status() != "RUNNING";
    if (!has_ended)
        LYCEUM_TRY(tracker.finalize(end_of(run.status)));
    const auto before = tracker.num_waiting();
    const auto sent = sync_all(tracker);
    note_pushed(folder, tracker, sent);
    LYCEUM_TRY(sent);
    return before;
}

} // namespace lyceum::trackers
