#include "core/optim/gradient_clipping.h"

#include <cmath>
#include <optional>

namespace lyceum::optim {

double global_norm(const std::vector<at::Tensor>& gradients)
{
    if (gradients.empty())
        return 0.0;
    const torch::NoGradGuard no_grad;
    const bool is_short = at::isReducedFloatingType(gradients.front().scalar_type());
    const auto type = is_short ? std::optional(at::kFloat) : std::nullopt; // of the sums
    const auto norms = at::stack(at::_foreach_norm(gradients, 2, type));   // [num_gradients]
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

} // namespace lyceum::optim
