#pragma once

/// @file
/// Checkpoint: the whole state of a run at one step, on disk whole or not at all. The folder's
/// layout is that of core/models/model_package.h.

#include "core/base/result.h"
#include "core/checkpoint/trainer_state.h"
#include "core/models/model_package.h"
#include "core/models/new_model.h"
#include "core/strategy/strategy.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lyceum::checkpoint {

struct Checkpoint {
    models::CheckpointManifest manifest; ///< `files` and `time` are filled in by save.
    TrainerState trainer;
    std::vector<strategy::NamedTensor>
        model; ///< What trains: LoRA's A and B, or all weights. float32.
    std::vector<strategy::NamedTensor> optimizer; ///< float32; uint8 where it keeps 8 bits.
    std::vector<strategy::NamedTensor>
        callbacks; ///< Tensors of callbacks, "weight_averaging.current.NAME"; mostly none.
    std::vector<models::NamedText>
        model_files; ///< Written beside the weights: of a model from scratch. Not read back.
};

struct SavedCheckpoint {
    std::filesystem::path folder;
    std::uint64_t size_bytes = 0;
};

/// Bytes that saving needs free on disk, with some to spare.
[[nodiscard]] std::uint64_t required_disk_bytes(const Checkpoint& checkpoint);

/// Writes into a temporary folder, syncs it, and renames it to `checkpoints/step-NNNNNN`; a folder
/// of that name is replaced in one step. The manifest with every file's SHA-256 is written last.
/// @return DiskFull (with what it needs and what is free) or Io; earlier checkpoints are then
/// untouched and nothing is left behind.
[[nodiscard]] Result<SavedCheckpoint> save_checkpoint(const std::filesystem::path& run_folder,
                                                      const Checkpoint& checkpoint);

/// Reads a checkpoint after comparing every file's size and SHA-256 with the manifest.
/// @return NotFound, InvalidData naming the file and what is wrong with it.
[[nodiscard]] Result<Checkpoint> load_checkpoint(const std::filesystem::path& folder);

/// LibTorch's default CPU generator: what dropout and new weights draw from.
[[nodiscard]] std::string random_state();
[[nodiscard]] Result<void> set_random_state(const std::string& hexadecimal);

} // namespace lyceum::checkpoint
