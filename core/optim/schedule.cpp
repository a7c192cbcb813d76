#include "core/optim/schedule.h"

#include "core/optim/plateau_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lyceum::optim {

namespace {

double half_cosine(double progress)
{
    return 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

double way_down(config::DecayShape shape, double progress)
{
    switch (shape) {
    case config::DecayShape::OneMinusSqrt:
        return 1.0 - std::sqrt(progress);
    case config::DecayShape::Cosine:
        return half_cosine(progress);
    case config::DecayShape::Linear:
        break;
    }
    return 1.0 - progress;
}

double share_done(std::int64_t done, std::int64_t all)
{
    return std::min(1.0, static_cast<double>(done) /
                             static_cast<double>(std::max<std::int64_t>(1, all)));
}

/// Of the range between peak and minimum. @param after steps since the warm-up.
double factor_after_warmup(const ScheduleOptions& options, std::int64_t after)
{
    const auto all = options.total_steps - options.warmup_steps;
    const double progress = share_done(after, all);
    switch (options.kind) {
    case config::Schedule::Cosine:
        return half_cosine(progress);
    case config::Schedule::Linear:
        return 1.0 - progress;
    case config::Schedule::CosineWithRestarts:
        return progress >= 1.0 ? 0.0 : half_cosine(std::fmod(options.cycles * progress, 1.0));
    case config::Schedule::Wsd: {
        const auto stable = std::max<std::int64_t>(0, all - options.decay_steps);
        return after < stable
                   ? 1.0
                   : way_down(options.decay_shape, share_done(after - stable, all - stable));
    }
    case config::Schedule::Constant:
    case config::Schedule::InverseSqrt:
    case config::Schedule::ReduceOnPlateau:
        break;
    }
    return 1.0;
}

double inverse_sqrt(const ScheduleOptions& options, std::int64_t after)
{
    constexpr std::int64_t kTimescale = 10'000; // transformers' without a warm-up
    const auto timescale =
        static_cast<double>(options.warmup_steps > 0 ? options.warmup_steps : kTimescale);
    return std::max(options.min_lr_ratio,
                    std::sqrt(timescale / (static_cast<double>(after) + timescale)));
}

class FixedSchedule final : public Schedule {
public:
    explicit FixedSchedule(const ScheduleOptions& options) : options_(options) {}
    [[nodiscard]] double learning_rate(std::int64_t step) const override
    {
        return optim::learning_rate(options_, step);
    }

private:
    ScheduleOptions options_;
};

} // namespace

double learning_rate(const ScheduleOptions& options, std::int64_t step)
{
    if (step < options.warmup_steps)
        return options.peak * static_cast<double>(step + 1) /
               static_cast<double>(options.warmup_steps);
    const auto after = step - options.warmup_steps;
    if (options.kind == config::Schedule::InverseSqrt)
        return options.peak * inverse_sqrt(options, after);
    const double factor = factor_after_warmup(options, after);
    return options.peak * (factor * (1.0 - options.min_lr_ratio) + options.min_lr_ratio);
}

std::unique_ptr<Schedule> make_schedule(const config::OptimizerConfig& config,
                                        std::int64_t total_steps)
{
    const ScheduleOptions options{
        .kind = config.schedule,
        .peak = config.lr,
        .warmup_steps = config.warmup_steps.of(total_steps),
        .total_steps = total_steps,
        .min_lr_ratio = config.min_lr_ratio,
        .cycles = config.cycles,
        .decay_steps = std::llround(config.decay_share * static_cast<double>(total_steps)),
        .decay_shape = config.decay_shape};
    if (config.schedule == config::Schedule::ReduceOnPlateau)
        return std::make_unique<PlateauSchedule>(options, config.plateau);
    return std::make_unique<FixedSchedule>(options);
}

} // namespace lyceum::optim
