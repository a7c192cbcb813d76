#pragma once

/// @file
/// A whole run in one process: what `lyceum-engine train` does.

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace lyceum::train {

struct TrainingRunOptions {
    std::filesystem::path run_folder; ///< With run.yaml.
    std::filesystem::path workspace;
    std::filesystem::path resume; ///< A checkpoint's folder; empty: from the beginning.
};

struct TrainingOutcome {
    int exit_status = 0;    ///< 0 finished or stopped when asked, 130 stopped by a signal.
    nlohmann::json summary; ///< DESIGN section 5; also in the run store.
};

/// Reads run.yaml, model and data, trains, and leaves the outcome in the run store: Finished,
/// Stopped, or Failed with message and hint. The run's row must exist. `startup_seconds` of the
/// summary is from the start of the process to the beginning of the first validation or training
/// step, `first_step_seconds` to the end of the first optimizer step.
/// @return every error that also made the run Failed.
[[nodiscard]] Result<TrainingOutcome> run_training(const TrainingRunOptions& options);

} // namespace lyceum::train
