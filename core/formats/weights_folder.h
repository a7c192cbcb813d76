#pragma once

#include "core/formats/tensor_source.h"

#include <filesystem>
#include <memory>

namespace lyceum::formats {

/// The weights of a Hugging Face folder, the first there is of: `model.safetensors`, the shards of
/// `model.safetensors.index.json`, `pytorch_model.bin`, the shards of
/// `pytorch_model.bin.index.json`. An index may name files beside it only.
/// @return as open_safetensors and open_torch; InvalidData where index and shards disagree;
/// NotFound when there are none.
[[nodiscard]] Result<std::unique_ptr<TensorSource>>
open_weights_folder(const std::filesystem::path& folder);

} // namespace lyceum::formats
