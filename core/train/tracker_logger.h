#pragma once

#include "core/trackers/dispatcher.h"
#include "core/train/callback.h"

#include <memory>

namespace lyceum::config {
struct RunConfig;
}

namespace lyceum::train {

/// Tells the run's trackers what the run store is told, on rank 0. They cannot fail or slow the
/// run: what they lack is an event of kind "tracker". Give it before RunStoreLogger, which takes
/// the metrics.
class TrackerLogger final : public Callback {
public:
    /// @param config Outlives the logger.
    explicit TrackerLogger(const config::RunConfig& config) : config_(config) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "trackers"; }
    Result<void> on_fit_start(Trainer& trainer) override;
    Result<void> on_before_optimizer_step(Trainer& trainer, const StepReport& report) override;
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    Result<void> on_sample(Trainer& trainer, const store::Sample& sample) override;
    Result<void> on_event(Trainer& trainer, const store::Event& event) override;
    void on_fit_end(Trainer& trainer, StopReason stop, const Error* error) override;

private:
    Result<void> log_pending(Trainer& trainer);
    Result<void> tell_news(Trainer& trainer);

    const config::RunConfig& config_;
    std::int64_t histograms_every_n_steps_ = 0;        ///< 0: never.
    std::unique_ptr<trackers::Dispatcher> dispatcher_; ///< None on other ranks.
};

} // namespace lyceum::train
