#pragma once

/// @file
/// Tracker: another program's record of a run (Lightning's Logger). The run store stays the truth;
/// a tracker may lag, drop or give up without the run noticing.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lyceum::trackers {

/// An attempt at a run begins.
struct RunStart {
    std::string run; ///< Its name.
    std::filesystem::path
        folder;            ///< The tracker's own, <run>/trackers/<name>; made by the tracker.
    std::int64_t step = 0; ///< Steps done before; what is logged after it is logged anew.
    bool is_resumed = false;
    double time = 0; ///< Unix seconds, as all times here.
};

/// Settings by their path in run.yaml: {"optimizer.lr", "0.0002"}.
using Hyperparams = std::vector<std::pair<std::string, std::string>>;

struct MetricsRecord {
    std::int64_t step = 0;
    double time = 0;
    std::vector<std::pair<std::string, double>> values;
};

/// A sample (title: the prompt) or an event (title: its kind).
struct TextRecord {
    enum class Kind : std::uint8_t { Sample, Event };
    Kind kind = Kind::Sample;
    std::int64_t step = 0;
    double time = 0;
    std::string title;
    std::string text;
};

struct Histogram {
    std::int64_t step = 0;
    double time = 0;
    std::string name;
    double minimum = 0, maximum = 0, sum = 0, sum_squares = 0;
    std::vector<double> limits; ///< Upper limits of the buckets, rising.
    std::vector<double> counts; ///< As many.
};

enum class RunEnd : std::uint8_t { Finished, Stopped, Failed };

using Record = std::variant<RunStart, Hyperparams, MetricsRecord, TextRecord, Histogram, RunEnd>;

/// One place that records are written to.
///
/// Lifecycle: `start`, any number of records, `finalize`; perhaps `start` again. Threads: one at a
/// time, but `cancel`. Every call is done or not at all: after Io, DiskFull or PeerLost the same
/// call may be repeated; any other error is final.
class Tracker {
public:
    virtual ~Tracker() = default;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Opens or goes on. Records of later steps than `start.step` are forgotten, so that no curve
    /// doubles back; a half-written end, as a killed process leaves, is cut off.
    [[nodiscard]] virtual Result<void> start(const RunStart& start) = 0;
    // Records that a tracker has no place for are none of its business.
    [[nodiscard]] virtual Result<void> log_hyperparams(const Hyperparams&) { return {}; }
    [[nodiscard]] virtual Result<void> log_metrics(const MetricsRecord& record) = 0;
    [[nodiscard]] virtual Result<void> log_text(const TextRecord&) { return {}; }
    [[nodiscard]] virtual Result<void> log_histogram(const Histogram&) { return {}; }
    [[nodiscard]] virtual Result<void> finalize(RunEnd) { return {}; }

    /// Sends on a piece of what lies in the run's folder and is not yet at its server. After a
    /// final error it is not called again; what waits stays.
    [[nodiscard]] virtual Result<void> sync() { return {}; }
    [[nodiscard]] virtual std::uint64_t num_waiting() const { return 0; } ///< Records.
    /// From any thread: lets a call that waits for a server end at once.
    virtual void cancel() {}
};

/// Hands a record to the call it is for.
[[nodiscard]] Result<void> deliver(Tracker& tracker, const Record& record);

/// Whether the same call may succeed later.
[[nodiscard]] bool is_transient(const Error& error);

} // namespace lyceum::trackers
