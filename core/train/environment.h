#pragma once

/// @file
/// environment.json of a run: what it ran on and with, so that it can be repeated.

#include "core/base/result.h"
#include "core/config/run_config.h"

#include <filesystem>
#include <string>

namespace lyceum::train {

struct Environment {
    std::string libtorch;
    int num_threads = 0;
    std::filesystem::path model_file;
    std::string model_dtype;
    std::string train_sha256;
    std::string validation_sha256; ///< Empty without validation.
};

/// Adds the engine's part to `<run>/environment.json`, which the launcher has begun; where it has
/// not, machine and model too, whose whole file is then read for its SHA-256: call it beside the
/// training.
/// @return Io, DiskFull; the file is then as before.
[[nodiscard]] Result<void> write_environment(const std::filesystem::path& run_folder,
                                             const config::RunConfig& config,
                                             const Environment& environment);

} // namespace lyceum::train
