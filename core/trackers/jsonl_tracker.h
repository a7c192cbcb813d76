#pragma once

#include "core/trackers/append_file.h"
#include "core/trackers/tracker.h"

namespace lyceum::trackers {

/// JSON lines: metrics.jsonl ({"step","time",metric: value}), samples.jsonl
/// ({"step","time","prompt","text"}), events.jsonl ({"step","time","kind","text"}), and the
/// settings in hparams.json. A value that is no number, or not finite, is null: JSON has no other.
class JsonlTracker final : public Tracker {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "jsonl"; }
    Result<void> start(const RunStart& start) override;
    Result<void> log_hyperparams(const Hyperparams& values) override;
    Result<void> log_metrics(const MetricsRecord& record) override;
    Result<void> log_text(const TextRecord& record) override;

private:
    std::filesystem::path folder_;
    AppendFile metrics_;
    AppendFile samples_;
    AppendFile events_;
};

} // namespace lyceum::trackers
