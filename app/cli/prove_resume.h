#pragma once

/// @file
/// The proof that resuming is exact, from a terminal.

#include "app/cli/console.h"
#include "core/config/run_config.h"

#include <cstdint>

namespace lyceum::cli {

/// Runs the proof and prints its report. @return kDone when resuming is exact, else kFailed.
[[nodiscard]] Result<int> prove_resume(const config::RunConfig& config, std::int64_t num_steps,
                                       const Context& context);

} // namespace lyceum::cli
