#pragma once

/// @file
/// Callbacks that only measure.

#include "core/config/callbacks_config.h"
#include "core/train/callback.h"

#include <string>
#include <string_view>

namespace lyceum::train {

/// `learning_rate`
class LearningRateMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "learning_rate"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// `gradient_norm`: global L2, before clipping; by layer also `gradient_norm/embeddings`,
/// `gradient_norm/block_03`, `gradient_norm/head` (the final norm, the output and all else), whose
/// squares sum to the global one's.
class GradientNormMonitor final : public Callback {
public:
    explicit GradientNormMonitor(const config::GradientNormConfig& options = {});
    [[nodiscard]] std::string_view name() const noexcept override { return "gradient_norm"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;

private:
    config::GradientNormConfig options_;
};

/// The layer group of a parameter: "embeddings", "block_03", "head".
[[nodiscard]] std::string norm_group(std::string_view parameter);

/// `memory_bytes`: resident memory of the process now; `memory_peak_bytes`: at most so far.
class MemoryMonitor final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "memory"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
};

/// Floating point operations that training a sample takes by the model's formula (Chowdhery et al.
/// 2022, arXiv:2204.02311, appendix B): 6 for each trained and 4 for each frozen parameter and
/// token (a frozen one has no gradient of its own), 12 L H Q for each pair of tokens of a sample.
struct FlopModel {
    double per_token = 0;
    double per_pair = 0;
};

/// `tokens_per_second`, `samples_per_second`: of this step, without padding, validation and saving
/// left out. `mfu`: the model's operations a second as a share of the machine's matmul peak.
class ThroughputMonitor final : public Callback {
public:
    /// @param peak Operations a second; 0: no `mfu`.
    explicit ThroughputMonitor(FlopModel flops = {}, double peak = 0);
    [[nodiscard]] std::string_view name() const noexcept override { return "throughput"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;

private:
    FlopModel flops_;
    double peak_;
};

} // namespace lyceum::train
