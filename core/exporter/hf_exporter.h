#pragma once

/// @file
/// A model as a folder that Hugging Face Transformers loads: LoRA merged, one safetensors file,
/// tokenizer, chat template, generation configuration, model card. Read back and compared before it
/// gets its name.

#include "core/models/model_package.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::exporter {

enum class Dtype : std::uint8_t { Float32, Bfloat16, Float16 };

/// "float32", "bfloat16", "float16".
[[nodiscard]] std::string_view dtype_name(Dtype dtype) noexcept;
/// @return InvalidConfig naming the known ones.
[[nodiscard]] Result<Dtype> parse_dtype(std::string_view name);

struct ExportOptions {
    std::filesystem::path out;
    Dtype dtype = Dtype::Float32;
    bool overwrite = false; ///< A folder Lyceum did not write may be moved aside; see StagedFolder.
};

struct ExportReport {
    std::filesystem::path folder;   ///< Absolute.
    std::vector<std::string> files; ///< Names in the folder.
    std::uint64_t size_bytes = 0;   ///< Of all files.
    double max_difference = 0.0;    ///< Of any logit of the probe text, before and after.
    std::filesystem::path
        kept_old_folder; ///< Where a foreign folder of that name is now; else empty.
};

/// Called with what begins: "reading the model", "writing model.safetensors", ... @return false to
/// stop.
using Progress = std::function<bool(std::string_view doing)>;

/// Writes to a temporary folder beside `out`, verifies, then renames. Verified: every tensor read
/// back equals what was to be written bit for bit, token ids and chat template agree on a probe,
/// and so do the logits.
/// @return AlreadyExists, DiskFull, Io; Cancelled when `progress` says so; Unsupported for weights
/// too large for float16; InvalidData when verification fails. After any error `out` is as it was.
[[nodiscard]] Result<ExportReport> export_hugging_face(const models::ModelPackage& package,
                                                       const ExportOptions& options,
                                                       const Progress& progress = {});

} // namespace lyceum::exporter
