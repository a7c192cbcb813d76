#pragma once

/// @file
/// RunStore: the one thing between the engine and every front end. `<workspace>/lyceum.sqlite`, WAL
/// on local disks, rollback journal on network file systems. Rank 0 writes metrics, events, samples
/// and state; front ends read, and ask for something by adding a command.

#include "core/base/process.h"
#include "core/base/result.h"
#include "core/store/run_rows.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::store {

/// One connection to the store. Threads: use from one thread at a time; open one a thread. Do not
/// carry it over a fork.
///
/// Every call is one transaction: done, or (an Error) not at all. Changes of state, checkpoints and
/// summaries are on disk when the call returns; metrics, events and samples survive the end of any
/// process, and a power cut takes at most the latest ones. Errors of every call: Io (locked for
/// over 5 s by another program, not writable), DiskFull, InvalidData (the file is damaged),
/// NotFound where an id is no longer there.
class RunStore {
public:
    /// Creates the file and migrates the schema where needed.
    /// @return Io naming the file; InvalidData if it is not a store or newer than this program.
    [[nodiscard]] static Result<std::unique_ptr<RunStore>>
    open(const std::filesystem::path& workspace);
    ~RunStore();
    RunStore(const RunStore&) = delete;
    RunStore& operator=(const RunStore&) = delete;

    // Runs. Status Lost is worked out on reading: active, on this host, and its process is gone (or
    // no heartbeat for 60 s from another host). A folder inside the workspace is kept relative to
    // it, so a workspace can be moved.
    [[nodiscard]] Result<RunId>
    create_run(const RunRow& row);                    ///< AlreadyExists when the name is taken.
    [[nodiscard]] Result<std::vector<RunRow>> runs(); ///< Newest first.
    [[nodiscard]] Result<RunRow> run(RunId id);
    [[nodiscard]] Result<RunRow> find_run(std::string_view name); ///< NotFound naming the nearest.
    [[nodiscard]] Result<void> delete_run(RunId id);              ///< Rows only.

    // The launcher's side.
    /// Makes a run that is not active Queued for a new attempt, with `process` as its keeper; one
    /// of two callers wins. Commands nobody took are answered. @return InvalidConfig if it is
    /// active.
    [[nodiscard]] Result<void> claim(RunId id, const ProcessId& process, std::string_view host);
    /// The engine has been started as `process`: Queued becomes Starting; what the engine itself
    /// said already, stays.
    [[nodiscard]] Result<void> mark_launched(RunId id, const ProcessId& process,
                                             std::string_view host);

    // The engine's side.
    [[nodiscard]] Result<void> mark_started(RunId id, const ProcessId& process,
                                            std::string_view host); ///< Status Starting.
    /// Paused begins a pause, another status ends it.
    [[nodiscard]] Result<void> set_status(RunId id, RunStatus status, std::string_view message = {},
                                          std::string_view hint = {});
    [[nodiscard]] Result<void> set_summary(RunId id, std::string_view summary_json,
                                           std::string_view strategy, int world_size);
    /// Also the heartbeat. A metric recorded again for its step replaces the first; a time of 0 is
    /// now. Steps are >= 0.
    [[nodiscard]] Result<void> record(RunId id, const Progress& progress,
                                      const std::vector<Metric>& metrics);
    [[nodiscard]] Result<void>
    add_event(RunId id, const Event& event); ///< Its id is ignored; a time of 0 is now.
    [[nodiscard]] Result<void> add_sample(RunId id, const Sample& sample);
    [[nodiscard]] Result<void> put_checkpoint(
        RunId id,
        const CheckpointRow& checkpoint); ///< By step; clears best/last of others where set.
    [[nodiscard]] Result<std::vector<Command>> take_commands(
        RunId id); ///< Not yet taken; marks them taken. Writes nothing when there are none.
    [[nodiscard]] Result<void> finish_command(std::int64_t command, std::string_view result);
    /// On resume from a checkpoint: forgets metrics and samples after `step`, so that no curve
    /// doubles back.
    [[nodiscard]] Result<void> rewind_to(RunId id, std::int64_t step);

    // The front end's side.
    [[nodiscard]] Result<std::int64_t> ask(RunId id, CommandKind kind,
                                           const CommandDetails& details = {});
    [[nodiscard]] Result<Command> command(std::int64_t id);
    [[nodiscard]] Result<std::vector<Metric>>
    metrics(RunId id, std::optional<std::string> name = {}); ///< By step, then name.
    [[nodiscard]] Result<std::vector<std::string>> metric_names(RunId id);
    [[nodiscard]] Result<std::vector<Metric>>
    latest_metrics(RunId id); ///< The newest of each name.
    /// Points with step > after_step, in order; everything when after_step is -1.
    [[nodiscard]] Result<std::vector<SeriesPoint>> series(RunId id, std::string_view name,
                                                          std::int64_t after_step = -1);
    /// At most 2 points (the raw minimum and maximum, in order) in each of `buckets` equal step
    /// ranges of [first_step, last_step]. Not-a-number shows only where a bucket holds nothing
    /// else. 1,000,000 points take milliseconds.
    [[nodiscard]] Result<std::vector<SeriesPoint>> decimated_series(RunId id, std::string_view name,
                                                                    std::int64_t first_step,
                                                                    std::int64_t last_step,
                                                                    int buckets);
    [[nodiscard]] Result<std::vector<Event>> events(RunId id, std::int64_t after_id = 0);
    [[nodiscard]] Result<std::vector<Sample>> samples(RunId id, std::int64_t after_id = 0);
    [[nodiscard]] Result<std::vector<CheckpointRow>> checkpoints(RunId id); ///< By step.
    /// Rises with every change to the file by anybody; cheap enough for 10 Hz (PRAGMA data_version
    /// and own counter).
    [[nodiscard]] std::int64_t change_counter();

private:
    struct Impl;
    explicit RunStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lyceum::store
