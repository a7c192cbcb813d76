#pragma once

/// @file
/// Writes GGUF version 3, little-endian: the head first, then one tensor at a time.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

#include "core/formats/tensor_writer.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lyceum::formats {

/// A metadata value that is written; its type in the file is the one here.
using GgufEntry = std::variant<bool, std::uint32_t, float, std::string, std::vector<std::string>,
                               std::vector<std::int32_t>, std::vector<float>>;
/// In the order they are written; keys are unique.
using GgufMetadata = std::vector<std::pair<std::string, GgufEntry>>;

/// Starts a file: metadata and the list of tensors, of at most 4 sizes each.
/// @return DiskFull when the whole file would not fit; Io.
[[nodiscard]] Result<std::unique_ptr<TensorWriter>> create_gguf(const std::filesystem::path& path,
                                                                const GgufMetadata& metadata,
                                                                std::vector<StoredTensor> tensors);

} // namespace lyceum::formats
