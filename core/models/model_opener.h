#pragma once

/// @file
/// The kinds of thing a model can be opened from; open_model chooses among them.

#include "core/models/model_package.h"

#include <filesystem>

namespace lyceum::models {

/// What to read: a list of models needs no tokenizer, a model that is to begin has no weights.
enum class Parts : std::uint8_t { All, WeightsOnly, TextOnly };

/// Each fills everything but `name`, `base_name` and what the catalogue knows better.
/// @return NotFound, Io; InvalidData; Unsupported naming what this version cannot run.
[[nodiscard]] Result<ModelPackage> open_gguf(const std::filesystem::path& file,
                                             Parts parts = Parts::All);
[[nodiscard]] Result<ModelPackage> open_hugging_face(const std::filesystem::path& folder,
                                                     Parts parts = Parts::All);

/// Tokenizer, chat template and stop tokens of a folder that holds a tokenizer without a model.
[[nodiscard]] Result<ModelPackage> open_tokenizer_folder(const std::filesystem::path& folder);

/// Fills name, base_name, num_parameters and dtype of a model without tensors.
void describe_new_model(ModelPackage& package);

/// A checkpoint folder: its base (opened from `workspace`) with its adapter, or with its own
/// weights.
/// @param depth of checkpoints trained on checkpoints so far; bounded.
[[nodiscard]] Result<ModelPackage> open_checkpoint(const std::filesystem::path& folder,
                                                   const std::filesystem::path& workspace,
                                                   int depth);

/// open_model below a chain of `depth` checkpoints.
[[nodiscard]] Result<ModelPackage>
open_model_at_depth(std::string_view reference, const std::filesystem::path& workspace, int depth);

/// "apache-2.0" as the licence writes itself; unknown names stay as they are.
[[nodiscard]] std::string licence_name(std::string_view name);

/// `base` with W + s B A (with DoRA, its rows at their magnitudes) in place of each weight W the
/// adapter changes, computed on reading.
[[nodiscard]] std::shared_ptr<const formats::TensorSource>
merge_adapter(std::shared_ptr<const formats::TensorSource> base, const Architecture& architecture,
              Adapter adapter);

/// `base` with some of its tensors in other values.
/// @return InvalidData naming a tensor of `changed` that the base does not have in that shape.
[[nodiscard]] Result<std::shared_ptr<const formats::TensorSource>>
replace_tensors(std::shared_ptr<const formats::TensorSource> base,
                std::shared_ptr<const formats::TensorSource> changed, std::string_view source_name);

/// The adapter's tensors come in pairs whose shapes fit `base`.
/// @return InvalidData naming the tensor.
[[nodiscard]] Result<void> check_adapter(const Adapter& adapter, const formats::TensorSource& base,
                                         const Architecture& architecture,
                                         std::string_view source_name);

} // namespace lyceum::models
