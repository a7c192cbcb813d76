#pragma once

#include "core/trackers/append_file.h"
#include "core/trackers/tracker.h"

#include <string>

namespace lyceum::formats {
class ProtoWriter;
}

namespace lyceum::trackers {

/// Event files that `tensorboard --logdir FOLDER` shows: metrics as scalars, samples and events as
/// texts, gradients as histograms, the settings in its HParams tab. Every attempt at a run is a
/// file; the older ones end where it begins.
///
/// Sources: tensorflow/core/lib/io/record_writer.h (framing), tensorflow/core/util/event.proto and
/// framework/summary.proto, tensorboard/plugins/hparams/plugin_data.proto.
class TensorBoardTracker final : public Tracker {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "tensorboard"; }
    Result<void> start(const RunStart& start) override;
    Result<void> log_hyperparams(const Hyperparams& values) override;
    Result<void> log_metrics(const MetricsRecord& record) override;
    Result<void> log_text(const TextRecord& record) override;
    Result<void> log_histogram(const Histogram& record) override;
    Result<void> finalize(RunEnd end) override;

private:
    Result<void> append_summary(double time, std::int64_t step,
                                const formats::ProtoWriter& summary);
    Result<void> append_hparams(double time, std::string_view tag,
                                const formats::ProtoWriter& content);

    AppendFile file_;
    std::string run_;
    double start_time_ = 0;
};

} // namespace lyceum::trackers
