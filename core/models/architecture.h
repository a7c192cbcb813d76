#pragma once

/// @file
/// What a Llama-family model consists of, and whether a file holds exactly that.

#include "core/models/model_package.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::models {

/// Name under Hugging Face's scheme and shape.
using ExpectedTensor = std::pair<std::string, std::vector<std::int64_t>>;

/// The numbers are positive, bounded and fit together (heads divide, head_dim is even).
/// @param source_name for messages: the file. @return InvalidData naming key and value.
[[nodiscard]] Result<void> check_architecture(const Architecture& architecture,
                                              std::string_view source_name);

/// Every tensor of the model; `lm_head.weight` only when the embeddings are not tied.
/// @param architecture as check_architecture has passed it.
[[nodiscard]] std::vector<ExpectedTensor> expected_tensors(const Architecture& architecture);

/// `tensors` holds every expected tensor in its shape, and nothing else that would change the
/// results.
/// @return InvalidData naming the missing or misshapen tensor; Unsupported naming one too many.
[[nodiscard]] Result<void> check_tensors(const Architecture& architecture,
                                         const formats::TensorSource& tensors,
                                         std::string_view source_name);

/// Fills the package's num_parameters and dtype from its (checked) tensors.
void count_parameters(ModelPackage& package);

} // namespace lyceum::models
