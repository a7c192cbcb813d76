#pragma once

#include "core/base/result.h"
#include "core/config/run_config.h"
#include "core/jobs/run_inputs.h"

#include <string>

namespace lyceum::jobs {

/// `environment.json` of a run: program, machine, data and model with their hashes, seed.
/// Files over 256 MiB are named without a hash: hashing must not hold up the start.
[[nodiscard]] Result<std::string> describe_environment(const config::RunConfig& config,
                                                       const RunInputs& inputs);

} // namespace lyceum::jobs
