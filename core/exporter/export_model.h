#pragma once

/// @file
/// A model as files for other programs: LoRA merged, tokenizer, chat template, generation
/// configuration, model card. Each format is read back and compared before the folder gets its
/// name.

#include "core/exporter/export_options.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::exporter {

/// How one format compared with the model it was made from.
struct FormatReport {
    Format format = Format::HuggingFace;
    std::size_t num_tensors = 0;  ///< Read back, each equal bit for bit.
    std::size_t probe_tokens = 0; ///< Tokens of the text that both were given.
    std::size_t same_choices = 0; ///< After how many of them both find the same token likeliest.
    double max_difference = 0.0;  ///< Of any logit, before and after.
    std::optional<double> limit;  ///< Of it; weights that are rounded have none.
};

struct ExportedFile {
    std::string name; ///< In the folder.
    std::uint64_t size_bytes = 0;
    std::string sha256;
};

struct ExportReport {
    std::filesystem::path folder;   ///< Absolute.
    std::vector<std::string> files; ///< Names in the folder.
    std::uint64_t size_bytes = 0;   ///< Of all files.
    double max_difference = 0.0;    ///< The largest of the formats'.
    std::vector<FormatReport> formats;
    std::vector<ExportedFile> hashes; ///< Of every file but the manifest, which lists them.
    std::filesystem::path
        kept_old_folder; ///< Where a foreign folder of that name is now; else empty.
};

/// Called with what begins: "reading the model", "writing the weights for hf", ... @return false to
/// stop.
using Progress = std::function<bool(std::string_view doing)>;

/// Writes to a temporary folder beside `out`, verifies, then renames. Verified, for each format:
/// every tensor read back equals what was to be written bit for bit, token ids and chat template
/// agree on a probe, and so do the logits.
/// @return what check_format says; AlreadyExists, DiskFull, Io; Cancelled when `progress` says so;
/// InvalidConfig for a dtype that a format does not have; Unsupported for weights too large for the
/// dtype, or for what a format cannot express; InvalidData when verification fails. After any error
/// `out` is as it was.
[[nodiscard]] Result<ExportReport> export_model(const models::ModelPackage& package,
                                                const ExportOptions& options,
                                                const Progress& progress = {});

} // namespace lyceum::exporter
