#pragma once

/// @file
/// PyTorch's .bin, .pt and .pth: the ZIP archive that torch.save writes, read without running
/// anything of it. Source: torch/serialization.py; see pickle_reader.h and zip_reader.h.

#include "core/formats/tensor_source.h"

#include <filesystem>
#include <memory>

namespace lyceum::formats {

/// Maps and checks a file. Reads F32, F16 and BF16 (float32 out), of any strides; other types by
/// size and name only. Tensors may share a storage.
/// @return NotFound, Io; InvalidData naming the tensor, opcode or global; Unsupported for a file of
/// before PyTorch 1.6, a big-endian or a compressed one, saying how to convert it.
[[nodiscard]] Result<std::unique_ptr<TensorSource>> open_torch(const std::filesystem::path& path);

} // namespace lyceum::formats
