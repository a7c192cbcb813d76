#include "core/jobs/run_trackers.h"

#include "core/base/text.h"
#include "core/trackers/status.h"

#include <map>

namespace lyceum::jobs {

namespace fs = std::filesystem;

namespace {

std::string quoted(const fs::path& path)
{
    return "'" + join(split(path.string(), '\''), "'\\''") + "'";
}

/// The folder that `wandb sync` takes.
fs::path offline_run(const fs::path& folder)
{
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder / "wandb", failure))
        if (entry.path().filename().string().starts_with("offline-run-"))
            return entry.path();
    return folder;
}

std::string command_for(const RunTracker& tracker, const std::string& run)
{
    if (tracker.name == "tensorboard")
        return "tensorboard --logdir " + quoted(tracker.folder);
    if (tracker.name == "wandb")
        return "wandb sync " + quoted(offline_run(tracker.folder));
    if (tracker.name == "mlflow" && tracker.num_waiting > 0)
        return "lyceum runs push " + run;
    return {};
}

} // namespace

Result<std::vector<RunTracker>> trackers_of(const store::RunRow& run)
{
    const auto folder = run.folder / "trackers";
    std::map<std::string, RunTracker> found;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder, failure))
        if (entry.is_directory(failure))
            found[entry.path().filename().string()] = {};
    LYCEUM_ASSIGN(const auto statuses, trackers::read_statuses(folder));
    for (const auto& status : statuses)
        found[status.name] = {.name = {},
                              .folder = {},
                              .command = {},
                              .state = status.state,
                              .num_dropped = status.num_dropped,
                              .num_waiting = status.num_waiting,
                              .message = status.message};
    std::vector<RunTracker> list;
    for (auto& [name, tracker] : found) {
        tracker.name = name;
        tracker.folder = folder / name;
        tracker.command = command_for(tracker, run.name);
        list.push_back(std::move(tracker));
    }
    return list;
}

} // namespace lyceum::jobs
