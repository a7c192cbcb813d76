#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace lyceum::optim {

/// The L2 norm of all gradients seen as one vector; 0 without any. Reads each gradient once.
[[nodiscard]] double global_norm(const std::vector<at::Tensor>& gradients);

/// Scales the gradients in place so that their norm, which is `norm`, becomes at most `max_norm`.
/// Equal to `torch.nn.utils.clip_grad_norm_`: the factor is max_norm / (norm + 1e-6), at most 1. A
/// norm that is not finite changes nothing: the caller decides.
void clip_to_norm(const std::vector<at::Tensor>& gradients, double norm, double max_norm);

} // namespace lyceum::optim
