#pragma once

/// @file
/// Activation checkpointing: a block's activations are thrown away after the forward pass and made
/// again in the backward pass (Chen et al. 2016, arXiv:1604.06174): memory for time.

#include <ATen/core/Tensor.h>

#include <functional>

namespace lyceum::nn {

/// block(x), of which only x is kept. The second run draws the same random numbers (dropout) under
/// the same autocast, and leaves the generators as they would be without it: on the CPU the
/// gradients are the same bits. Gradients of the parameters that `block` reads are added to them
/// during backward, also when x itself needs none.
[[nodiscard]] at::Tensor checkpointed(std::function<at::Tensor(const at::Tensor& x)> block,
                                      const at::Tensor& x);

} // namespace lyceum::nn
