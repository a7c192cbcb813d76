#pragma once

#include "core/config/run_config.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace lyceum::optim {

/// What keeps gradients small. limit 0: nothing.
struct Clipping {
    double limit = 0.0; ///< Of the global norm, or of each value's size.
    config::ClipAlgorithm algorithm = config::ClipAlgorithm::Norm;
};

/// The L2 norm of all gradients seen as one vector; 0 without any. Reads each gradient once.
[[nodiscard]] double global_norm(const std::vector<at::Tensor>& gradients);

/// Scales the gradients in place so that their norm, which is `norm`, becomes at most `max_norm`.
/// Equal to `torch.nn.utils.clip_grad_norm_`: the factor is max_norm / (norm + 1e-6), at most 1. A
/// norm that is not finite changes nothing: the caller decides.
void clip_to_norm(const std::vector<at::Tensor>& gradients, double norm, double max_norm);

/// Brings every value into [-max_value, max_value], in place, as `torch.nn.utils.clip_grad_value_`.
void clip_to_value(const std::vector<at::Tensor>& gradients, double max_value);

/// Clips in place. @return the norm before.
double clip(const std::vector<at::Tensor>& gradients, const Clipping& clipping);

} // namespace lyceum::optim
