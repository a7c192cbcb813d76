#pragma once

#include "core/base/result.h"
#include "core/formats/ggml_types.h"
#include "core/formats/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace lyceum::exporter {

/// A Hugging Face folder, a GGUF file, a Hugging Face folder with a PyTorch state dict, a PEFT
/// adapter.
enum class Format : std::uint8_t { HuggingFace, Gguf, Torch, Adapter };
/// Of the weights; in GGUF files vectors stay float32.
enum class Dtype : std::uint8_t { Float32, Bfloat16, Float16, Q8_0, Q4_0 };

/// In the order of their names below.
[[nodiscard]] std::vector<Format> all_formats();
/// From the most exact to the smallest.
[[nodiscard]] std::vector<Dtype> all_dtypes();

/// "hf", "gguf", "torch", "adapter".
[[nodiscard]] std::string_view format_name(Format format) noexcept;
/// A list such as "hf,gguf", each once. @return InvalidConfig naming the known ones.
[[nodiscard]] Result<std::vector<Format>> parse_formats(std::string_view names);

/// "float32", "bfloat16", "float16", "q8_0", "q4_0".
[[nodiscard]] std::string_view dtype_name(Dtype dtype) noexcept;
/// Those names, or "f32", "bf16", "f16". @return InvalidConfig naming the known ones.
[[nodiscard]] Result<Dtype> parse_dtype(std::string_view name);
/// How files store it.
[[nodiscard]] const formats::GgmlType& stored_type(Dtype dtype);

struct ExportOptions {
    std::filesystem::path out;
    std::vector<Format> formats = {Format::HuggingFace};
    Dtype dtype = Dtype::Float32;
    bool overwrite = false; ///< A folder Lyceum did not write may be moved aside; see StagedFolder.
    std::uint64_t max_shard_bytes = formats::kMaxShardBytes; ///< Of one safetensors file.
};

/// @return InvalidConfig for a dtype that one of the formats does not have.
[[nodiscard]] Result<void> check_options(const ExportOptions& options);

} // namespace lyceum::exporter
