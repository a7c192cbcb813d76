#pragma once

/// @file
/// Which tensors a model consists of, and whether a file holds exactly those.

#include "core/models/model_package.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::models {

/// Name under Hugging Face's scheme and shape.
using ExpectedTensor = std::pair<std::string, std::vector<std::int64_t>>;

/// Every tensor of the model; a tied head is not one.
/// @param architecture as check_architecture has passed it.
[[nodiscard]] std::vector<ExpectedTensor> expected_tensors(const Architecture& architecture);

/// `tensors` holds every expected tensor in its shape, and nothing else that would change the
/// results.
/// @return InvalidData naming the missing or misshapen tensor; Unsupported naming one too many.
[[nodiscard]] Result<void> check_tensors(const Architecture& architecture,
                                         const formats::TensorSource& tensors,
                                         std::string_view source_name);

/// What only the tensors tell: whether an encoder has a pooler and a masked-LM head.
void complete_from_tensors(Architecture& architecture, const formats::TensorSource& tensors);

/// The same tensors under the names of the whole model: files of a base model leave the root out
/// ("h.0.ln_1.weight"), old ones call a LayerNorm's parameters gamma and beta.
/// @return InvalidData when two tensors come to the same name.
[[nodiscard]] Result<std::shared_ptr<const formats::TensorSource>>
with_full_names(std::shared_ptr<const formats::TensorSource> tensors,
                const Architecture& architecture, std::string_view source_name);

/// Fills the package's num_parameters and dtype from its (checked) tensors.
void count_parameters(ModelPackage& package);

} // namespace lyceum::models
