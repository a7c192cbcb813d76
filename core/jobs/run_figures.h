#pragma once

/// @file
/// The figures every front end shows of a run, worked out in one place.

#include "core/base/result.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <optional>

namespace lyceum::jobs {

/// The newest values; empty where there is none yet.
struct RunFigures {
    std::int64_t step = 0;
    std::int64_t total_steps = 0; ///< 0 while it is not known.
    double progress = 0;          ///< 0 to 1
    double elapsed_seconds = 0;   ///< Of the latest attempt, without its pauses.
    std::optional<double> seconds_left;
    std::optional<double> train_loss; ///< Nats per token.
    std::optional<double> val_loss;   ///< Nats per token.
    std::optional<double> best_val_loss;
    std::optional<double> perplexity;
    std::optional<double> learning_rate;
    std::optional<double> tokens_per_second;
    std::optional<double> memory_bytes;
};

[[nodiscard]] Result<RunFigures> run_figures(store::RunStore& store, const store::RunRow& run);

/// Of the latest attempt, without its pauses; 0 before the start.
[[nodiscard]] double elapsed_seconds(const store::RunRow& run);

/// From the last 50 recorded steps of this attempt, pauses for validation and saving included.
/// Empty before the second step, without a known end, and of a run that is paused, stops or has
/// ended.
[[nodiscard]] Result<std::optional<double>> seconds_left(store::RunStore& store,
                                                         const store::RunRow& run);

} // namespace lyceum::jobs
