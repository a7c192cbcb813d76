#include "core/train/monitors.h"

#include "core/data/encoding.h"
#include "core/runtime/resources.h"
#include "core/train/trainer.h"

namespace lyceum::train {

Result<void> LearningRateMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    trainer.log("learning_rate", report.learning_rate);
    return {};
}

Result<void> MemoryMonitor::on_train_step_end(Trainer& trainer, const StepReport&)
{
    const auto use = runtime::memory_use();
    trainer.log("memory_bytes", static_cast<double>(use.current_bytes));
    trainer.log("memory_peak_bytes", static_cast<double>(use.peak_bytes));
    return {};
}

ThroughputMonitor::ThroughputMonitor(FlopModel flops, double peak) : flops_(flops), peak_(peak) {}

Result<void> ThroughputMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    if (report.seconds <= 0)
        return {};
    trainer.log("tokens_per_second", static_cast<double>(report.num_tokens) / report.seconds);
    trainer.log("samples_per_second", static_cast<double>(report.num_samples) / report.seconds);
    if (peak_ <= 0)
        return {};
    double operations = 0;
    for (const auto index : trainer.batch_samples()) {
        const auto length = static_cast<double>(trainer.train_data().samples[index].ids.size());
        operations += flops_.per_token * length + flops_.per_pair * length * length;
    }
    trainer.log("mfu", operations / report.seconds / peak_);
    return {};
}

} // namespace lyceum::train
