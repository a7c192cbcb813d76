#pragma once

/// @file
/// Callbacks that stand between a bad batch and the parameters.

#include "core/config/callbacks_config.h"
#include "core/train/batch_report.h"

#include <deque>
#include <string>

namespace lyceum::train {

class GoodState;

/// Before a loss or gradient that is not a number reaches the parameters: ends the run with the
/// cause, or goes back to the last good state and leaves the batch out. A batch whose labels are
/// all masked is left out with a warning.
class NanGuard final : public Callback {
public:
    /// @param good_state Outlives the guard; needed for rollback only.
    explicit NanGuard(const config::NanGuardConfig& options = {}, Decode decode = {},
                      const GoodState* good_state = nullptr);

    [[nodiscard]] std::string_view name() const noexcept override { return "nan_guard"; }
    /// @return InvalidData naming the step, the loss, the gradient norm, the batch and the cause.
    Result<void> on_before_optimizer_step(Trainer& trainer, const StepReport& report) override;
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    [[nodiscard]] nlohmann::json state() const override;
    Result<void> load_state(const nlohmann::json& state) override;

private:
    config::NanGuardConfig options_;
    Decode decode_;
    const GoodState* good_state_;
    std::int64_t num_rollbacks_ = 0;
};

/// Loss and gradient norm against the last `window` steps: a spike is more than `threshold` robust
/// deviations (1.4826 times the median absolute deviation; of the norm's logarithm) above their
/// median. Nothing is a spike before half a window is known.
class SpikeGuard final : public Callback {
public:
    explicit SpikeGuard(const config::SpikeGuardConfig& options, Decode decode = {},
                        const GoodState* good_state = nullptr);

    [[nodiscard]] std::string_view name() const noexcept override { return "spike_guard"; }
    /// @return InvalidData at a spike, when it is to end the run or has been left out too often.
    Result<void> on_before_optimizer_step(Trainer& trainer, const StepReport& report) override;
    [[nodiscard]] nlohmann::json state() const override;
    Result<void> load_state(const nlohmann::json& state) override;

private:
    [[nodiscard]] std::string spike_in(const StepReport& report) const;
    void remember(const StepReport& report);
    Result<void> act(Trainer& trainer, const StepReport& report, const std::string& what);

    config::SpikeGuardConfig options_;
    Decode decode_;
    const GoodState* good_state_;
    std::deque<double> losses_;
    std::deque<double> norms_; ///< Logarithms.
    std::int64_t num_skips_ = 0;
    std::int64_t quiet_until_ = 0; ///< No second warning about the same change before this step.
};

/// How many robust deviations `value` lies above the median of `usual`. A deviation is at least
/// `least`.
[[nodiscard]] double robust_deviations(double value, const std::deque<double>& usual, double least);

} // namespace lyceum::train
