#pragma once

/// @file
/// What a run needs before it starts: its data, its model and room on the disk.

#include "core/base/result.h"
#include "core/config/run_config.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lyceum::jobs {

struct RunInputs {
    std::filesystem::path train_file;
    std::optional<std::filesystem::path> validation_file; ///< Empty for auto, a share and none.
    models::ModelPackage model;
};

/// Looks up data and model. Paths of files in `config` become absolute, so that the run can be
/// resumed from anywhere.
/// @return NotFound naming the nearest; InvalidData for a damaged model; InvalidConfig and
/// OutOfMemory for a model from scratch that cannot be made.
[[nodiscard]] Result<RunInputs> find_inputs(config::RunConfig& config,
                                            const std::filesystem::path& workspace);

/// @return OutOfMemory when training all of the model cannot fit.
[[nodiscard]] Result<void> check_memory(const models::ModelPackage& model,
                                        std::uint64_t memory_bytes);

/// Bytes of one checkpoint: the trained weights in 32 bits and the optimizer's state.
[[nodiscard]] std::uint64_t checkpoint_bytes(const config::RunConfig& config,
                                             const models::ModelPackage& model);

/// Bytes a run may need on disk at once: the checkpoints it keeps, the one being written, and its
/// records.
[[nodiscard]] std::uint64_t needed_disk_bytes(const config::RunConfig& config,
                                              const models::ModelPackage& model);

/// @return DiskFull with both figures.
[[nodiscard]] Result<void> check_disk(const std::filesystem::path& folder,
                                      std::uint64_t needed_bytes);

} // namespace lyceum::jobs
