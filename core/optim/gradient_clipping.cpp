#include "core/optim/gradient_clipping.h"

#include <cmath>

namespace lyceum::optim {

double global_norm(const std::vector<at::Tensor>& gradients)
{
    if (gradients.empty())
        return 0.0;
    const torch::NoGradGuard no_grad;
    const auto norms = at::stack(at::_foreach_norm(gradients, 2)); // [num_gradients]
    return at::linalg_vector_norm(norms, 2).item<double>();
}

void clip_to_norm(const std::vector<at::Tensor>& gradients, double norm, double max_norm)
{
    if (!std::isfinite(norm) || gradients.empty())
        return;
    const double factor = max_norm / (norm + 1.0e-6);
    if (factor >= 1.0)
        return;
    const torch::NoGradGuard no_grad;
    at::_foreach_mul_(gradients, factor);
}

void clip_to_value(const std::vector<at::Tensor>& gradients, double max_value)
{
    if (gradients.empty())
        return;
    const torch::NoGradGuard no_grad;
    at::_foreach_clamp_min_(gradients, -max_value);
    at::_foreach_clamp_max_(gradients, max_value);
}

double clip(const std::vector<at::Tensor>& gradients, const Clipping& clipping)
{
    const double norm = global_norm(gradients);
    if (clipping.limit <= 0.0)
        return norm;
    if (clipping.algorithm == config::ClipAlgorithm::Value)
        clip_to_value(gradients, clipping.limit);
    else
        clip_to_norm(gradients, norm, clipping.limit);
    return norm;
}

} // namespace lyceum::optim
