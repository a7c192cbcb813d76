#pragma once

/// @file
/// What the run store holds: runs, their metrics, events, samples, checkpoints and commands.

#include "core/base/process.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::store {

using RunId = std::int64_t;

enum class RunStatus : std::uint8_t {
    Queued,
    Starting, ///< Model and data are being read.
    Running,
    Stopping,
    Finished,
    Stopped, ///< By a person or a signal; saved.
    Failed,
    Lost,   ///< Its process is gone without a word; can be resumed from the last checkpoint. Never
            ///< stored by the engine itself.
    Paused, ///< By a person; holds its place in memory until told to continue or stop.
};
[[nodiscard]] std::string_view
to_string(RunStatus status); ///< "queued", "lost", ... as the command line says it.
[[nodiscard]] bool is_active(RunStatus status); ///< Queued, Starting, Running, Paused or Stopping.

enum class Phase : std::uint8_t { Idle, Loading, Training, Validating, Sampling, Saving };
[[nodiscard]] std::string_view to_string(Phase phase);

struct RunRow {
    RunId id = 0;
    std::string name;
    RunStatus status = RunStatus::Queued;
    Phase phase = Phase::Idle;
    std::filesystem::path folder;
    std::string base_model;
    std::string dataset;
    std::string method;
    double created_at = 0; ///< Unix seconds, as all times here.
    double started_at = 0;
    double ended_at = 0;
    double heartbeat_at = 0;
    double paused_at = 0;      ///< 0 unless it is paused now.
    double continued_at = 0;   ///< End of the latest pause of this attempt; 0 without one.
    double paused_seconds = 0; ///< Pauses of this attempt that are over.
    std::int64_t step = 0;
    std::int64_t total_steps = 0;
    double epoch = 0;
    std::string host;
    ProcessId process;
    std::string message; ///< Why it failed or stopped.
    std::string hint;
    std::string summary_json; ///< The last line of `train --json`; empty until it ends.
    std::string strategy;
    int world_size = 1;
    std::optional<double> best_val_loss;
    std::optional<std::int64_t> best_step;
};

struct Metric {
    std::int64_t step = 0;
    std::string name; ///< train_loss, val_loss, perplexity, learning_rate, gradient_norm,
                      ///< tokens_per_second, memory_bytes, epoch, tokens
    double value = 0;
    double time = 0;
};

struct SeriesPoint {
    std::int64_t step = 0;
    double time = 0;
    double value = 0;
};

struct Event {
    std::int64_t id = 0;
    std::int64_t step = 0;
    double time = 0;
    std::string kind; ///< started | checkpoint | best | validation | command | paused | continued |
                      ///< warning | fault | resumed | stopped | finished
    std::string text; ///< A sentence for people.
};

struct Sample {
    std::int64_t id = 0;
    std::int64_t step = 0;
    double time = 0;
    std::string prompt;
    std::string text;
};

struct CheckpointRow {
    std::int64_t step = 0;
    std::filesystem::path folder;
    std::optional<double> val_loss;
    std::uint64_t size_bytes = 0;
    double time = 0;
    bool is_best = false;
    bool is_last = false;
    bool is_kept = true; ///< False: removed by retention; the row stays.
    std::string reason;  ///< schedule | asked | final | signal
};

enum class CommandKind : std::uint8_t {
    Stop,
    CheckpointNow,
    EvaluateNow,
    Pause,
    Continue,
    SetLearningRate, ///< The argument becomes optimizer.lr: the peak of the schedule.
    SetMaxSteps      ///< The argument becomes the run's last step.
};
/// "stop", "checkpoint", "evaluate", "pause", "continue", "set-lr", "set-max-steps".
[[nodiscard]] std::string_view to_string(CommandKind kind);

/// What comes with a command.
struct CommandDetails {
    std::optional<double> argument;
    std::string author; ///< "ada@lab7 (studio)"
};
struct Command {
    std::int64_t id = 0;
    CommandKind kind = CommandKind::Stop;
    std::optional<double> argument;
    std::string author; ///< Empty: nobody knows.
    double asked_at = 0;
    std::optional<double> done_at;
    std::string result; ///< What came of it, a sentence.
};

/// What changes while a run goes on; written together with its metrics in one transaction.
struct Progress {
    Phase phase = Phase::Training;
    std::int64_t step = 0;
    std::int64_t total_steps = 0;
    double epoch = 0;
};

} // namespace lyceum::store
