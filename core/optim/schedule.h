#pragma once

#include "core/config/run_config.h"

#include <cstdint>

namespace lyceum::optim {

/// Learning rate over a run: linear warm-up, then constant, or down to `min_lr_ratio` of the peak
/// by cosine or a line.
struct ScheduleOptions {
    config::Schedule kind = config::Schedule::Cosine;
    double peak = 2.0e-4;
    std::int64_t warmup_steps = 0;
    std::int64_t total_steps = 1; ///< Optimizer steps of the whole run.
    double min_lr_ratio = 0.0;
};

/// The rate of optimizer step `step`, from 0.
/// Warm-up: peak * (step + 1) / warmup_steps, so that no step has the rate 0. After it the values
/// are those of transformers' get_{cosine_with_min_lr,linear,constant}_schedule_with_warmup at
/// `step`; past total_steps the last value stays.
[[nodiscard]] double learning_rate(const ScheduleOptions& options, std::int64_t step);

} // namespace lyceum::optim
