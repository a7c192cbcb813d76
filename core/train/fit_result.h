#pragma once

#include "core/train/callback.h"

#include <cstdint>
#include <optional>

namespace lyceum::train {

/// How a fit went.
struct FitResult {
    StopReason stop = StopReason::None;
    std::int64_t step = 0;
    std::int64_t tokens = 0;
    std::optional<double> train_loss; ///< Of the last step.
    std::optional<double> val_loss;   ///< Of the last validation.
    double tokens_per_second = 0;     ///< Over all training steps, validation and saving left out.
    double startup_seconds = 0; ///< From the start of the process to the beginning of the first
                                ///< validation or training step.
    double first_step_seconds =
        0; ///< From the start of the process to the end of its first optimizer step; 0 without one.
};

} // namespace lyceum::train
