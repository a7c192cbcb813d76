#include "core/train/monitors.h"

#include "core/runtime/resources.h"
#include "core/train/trainer.h"

#include <cmath>

namespace lyceum::train {

namespace {

constexpr const char* kNanHint =
    "Resume from the last checkpoint with a lower optimizer.lr or more optimizer.warmup_steps.";

} // namespace

Result<void> LearningRateMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    trainer.log("learning_rate", report.learning_rate);
    return {};
}

Result<void> GradientNormMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    if (!report.is_skipped)
        trainer.log("gradient_norm", report.gradient_norm);
    return {};
}

Result<void> MemoryMonitor::on_train_step_end(Trainer& trainer, const StepReport&)
{
    trainer.log("memory_bytes", static_cast<double>(runtime::memory_use().current_bytes));
    return {};
}

Result<void> ThroughputMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    if (report.seconds > 0)
        trainer.log("tokens_per_second", static_cast<double>(report.num_tokens) / report.seconds);
    return {};
}

Result<void> NanGuard::on_before_optimizer_step(Trainer&, const StepReport& report)
{
    if (std::isfinite(report.loss) && std::isfinite(report.gradient_norm))
        return {};
    return Error{ErrorCode::InvalidData,
                 "Training broke off at step " + std::to_string(report.step) + ": the loss is " +
                     std::to_string(report.loss) + " and the gradient norm " +
                     std::to_string(report.gradient_norm) +
                     ". The model was not changed by this step.",
                 kNanHint};
}

Result<void> NanGuard::on_validation_end(Trainer&, const ValidationReport& report)
{
    if (std::isfinite(report.loss))
        return {};
    return Error{ErrorCode::InvalidData,
                 "Training broke off after step " + std::to_string(report.step) +
                     ": the validation loss is " + std::to_string(report.loss) + ".",
                 kNanHint};
}

} // namespace lyceum::train
