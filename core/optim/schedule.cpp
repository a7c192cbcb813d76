#include "core/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lyceum::optim {

double learning_rate(const ScheduleOptions& options, std::int64_t step)
{
    if (step < options.warmup_steps)
        return options.peak * static_cast<double>(step + 1) /
               static_cast<double>(options.warmup_steps);

    const auto decay_steps = std::max<std::int64_t>(1, options.total_steps - options.warmup_steps);
    const double progress = std::min(1.0, static_cast<double>(step - options.warmup_steps) /
                                              static_cast<double>(decay_steps));
    double factor = 1.0;
    switch (options.kind) {
    case config::Schedule::Cosine:
        factor = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
        break;
    case config::Schedule::Linear:
        factor = 1.0 - progress;
        break;
    case config::Schedule::Constant:
        return options.peak;
    }
    return options.peak * (factor * (1.0 - options.min_lr_ratio) + options.min_lr_ratio);
}

} // namespace lyceum::optim
