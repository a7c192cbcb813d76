#pragma once

/// @file
/// Safetensors: u64 header length, JSON header, raw little-endian tensors.
/// Source: https://huggingface.co/docs/safetensors, "Format".

#include "core/formats/tensor_source.h"
#include "core/formats/tensor_writer.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

namespace lyceum::formats {

/// Maps and checks a file: header size, offsets contiguous and inside the file, sizes that match
/// shapes. Reads F32, F16, BF16, F64 (float32 out) and I64/U8 by name only.
/// @return NotFound, Io, InvalidData naming the tensor and the value.
[[nodiscard]] Result<std::unique_ptr<TensorSource>>
open_safetensors(const std::filesystem::path& path);

/// The file's `__metadata__`.
[[nodiscard]] Result<std::map<std::string, std::string>>
read_safetensors_metadata(const std::filesystem::path& path);

/// One tensor to be written. `data` stays valid until the write returns.
struct TensorData {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string dtype; ///< "F32" | "I64" | "U8" | "BF16" | "F16" | "F64"
    std::span<const std::byte> data;
};

/// Writes a file atomically, tensors in the given order.
/// @return DiskFull (nothing is left behind), Io.
[[nodiscard]] Result<void>
write_safetensors(const std::filesystem::path& path, const std::vector<TensorData>& tensors,
                  const std::map<std::string, std::string>& metadata = {});

/// Shards of Transformers' default size.
inline constexpr std::uint64_t kMaxShardBytes = 5'000'000'000;

/// Starts the weights of a Hugging Face folder: `model.safetensors`, or, where the tensors take
/// more than `max_shard_bytes`, `model-00001-of-00003.safetensors` and so on with
/// `model.safetensors.index.json`. A larger tensor has a file for itself.
/// @param tensors of F32, F16 or BF16. @return DiskFull when they would not fit; Io.
[[nodiscard]] Result<std::unique_ptr<TensorWriter>>
create_safetensors_folder(const std::filesystem::path& folder, std::vector<StoredTensor> tensors,
                          std::uint64_t max_shard_bytes = kMaxShardBytes);

} // namespace lyceum::formats
