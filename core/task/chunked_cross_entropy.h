#pragma once

/// @file
/// Output head and loss in one operation, a chunk of rows at a time, so that the logits and their
/// gradient, by far the largest tensors of a step, never exist for a whole batch.

#include <ATen/core/Tensor.h>

namespace lyceum::task {

/// Rows of logits that exist at a time; 256 x 49152 floats are 48 MiB.
inline constexpr std::int64_t kCrossEntropyChunk = 256;

/// Sum of the cross-entropies of softmax(hidden weight^T) at the targets, in nats. N rows, D hidden
/// size, V vocabulary. Gradients are computed together with the loss (each logit once) and scaled
/// in backward. Source: Wijmans et al., "Cut Your Losses in Large-Vocabulary Language Models",
/// arXiv:2411.09009, section 3, without the sparsity.
/// Under autocast and with 16-bit tensors the products run in the short type, softmax and sums in
/// float32.
/// @param hidden [N, D], weight [V, D], targets [N] int64. @return a scalar, 0 for N = 0; float32,
/// or float64 if hidden is.
[[nodiscard]] at::Tensor chunked_cross_entropy(const at::Tensor& hidden, const at::Tensor& weight,
                                               const at::Tensor& targets);

/// The same in plain operations: the reference that tests compare with.
[[nodiscard]] at::Tensor plain_cross_entropy(const at::Tensor& hidden, const at::Tensor& weight,
                                             const at::Tensor& targets);

} // namespace lyceum::task
