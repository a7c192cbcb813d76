#pragma once

/// @file
/// Callbacks that only measure.

#include "core/train/callback.h"

namespace lyceum::train {

/// `learning_rate`
class LearningRateMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "learning_rate"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// `gradient_norm`: global L2, before clipping.
class GradientNormMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "gradient_norm"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// `memory_bytes`: resident memory of the process now.
class MemoryMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "memory"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// `tokens_per_second`: of this step, without padding, validation and saving left out.
class ThroughputMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "throughput"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// Ends the run before a loss or gradient that is not a number reaches the parameters.
class NanGuard final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "nan_guard"; }
    /// @return InvalidData naming the step, the loss and the gradient norm.
    Result<void> on_before_optimizer_step(Trainer& trainer, const StepReport& report) override;
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
};

} // namespace lyceum::train
