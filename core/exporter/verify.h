#pragma once

/// @file
/// Whether an export says the same as the model it was made from.

#include "core/formats/tensor_source.h"
#include "core/models/model_package.h"
#include "core/nn/causal_lm.h"

#include <vector>

namespace lyceum::exporter {

/// Token ids of a fixed probe text, in a chat where the model has a template; shorter than its
/// context.
[[nodiscard]] Result<std::vector<text::TokenId>> probe_ids(const models::ModelPackage& package);

/// @return [T, V] float32, without gradients. OutOfMemory.
[[nodiscard]] Result<at::Tensor> probe_logits(nn::CausalLm& model,
                                              const std::vector<text::TokenId>& ids);

/// Largest absolute difference; infinity when either holds a number that is not finite.
[[nodiscard]] double max_difference(const at::Tensor& a, const at::Tensor& b);

/// Positions of [T, V] at which both find the same token the likeliest.
[[nodiscard]] std::size_t num_same_choices(const at::Tensor& a, const at::Tensor& b);

/// Every parameter of `model` is in `written`, bit for bit, and nothing else is.
/// @return InvalidData naming the tensor.
[[nodiscard]] Result<void> compare_tensors(const nn::CausalLm& model,
                                           const formats::TensorSource& written);

} // namespace lyceum::exporter
