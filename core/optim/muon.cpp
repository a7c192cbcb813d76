#include "core/optim/muon.h"

#include "core/optim/adamw.h"

#include <algorithm>
#include <cmath>

namespace lyceum::optim {

Muon::Muon(std::vector<ParameterGroup> groups, const MuonOptions& options)
    : OptimizerBase(std::move(groups))
    , options_(options)
    , momentum_buffers_(num_parameters())
    , exp_avg_(num_parameters())
    , exp_avg_sq_(num_parameters())
{
    for (std::size_t i = 0; i < num_parameters(); ++i) {
        if (is_hidden_matrix(i)) {
            TORCH_CHECK(parameter(i).dim() == 2, "Muon's hidden matrices have two dimensions");
            momentum_buffers_[i] = keep_zeros("momentum_buffer", i);
        } else {
            exp_avg_[i] = keep_zeros("exp_avg", i);
            exp_avg_sq_[i] = keep_zeros("exp_avg_sq", i);
        }
    }
}

void Muon::update(const Update& update)
{
    if (update.is_hidden_matrices) {
        for (const auto number : update.parameters)
            update_matrix(number, update);
        return;
    }
    std::vector<at::Tensor> parameters;
    for (const auto number : update.parameters)
        parameters.push_back(parameter(number));
    fused_adamw(parameters, pick(exp_avg_, update.parameters), pick(exp_avg_sq_, update.parameters),
                {.learning_rate = update.learning_rate,
                 .weight_decay = update.weight_decay,
                 .beta1 = options_.beta1,
                 .beta2 = options_.beta2,
                 .eps = options_.eps,
                 .step_number = num_steps()});
}

void Muon::update_matrix(std::size_t number, const Update& update)
{
    const auto& values = parameter(number);
    auto& momentum = momentum_buffers_[number];
    momentum.lerp_(values.grad(), 1.0 - options_.momentum);
    const auto direction = orthogonalised(values.grad().lerp(momentum, options_.momentum));
    const auto longest = static_cast<double>(std::max(values.size(0), values.size(1)));
    values.mul_(1.0 - update.learning_rate * update.weight_decay);
    values.add_(direction, -update.learning_rate * 0.2 * std::sqrt(longest));
}

at::Tensor orthogonalised(const at::Tensor& matrix)
{
    constexpr int kSteps = 5;
    constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
    constexpr double kSmallestNorm = 1.0e-7;
    const bool is_tall = matrix.size(0) > matrix.size(1);
    auto x = is_tall ? matrix.t() : matrix; // [short, long]
    x = x / x.norm().clamp_min(kSmallestNorm);
    for (int step = 0; step < kSteps; ++step) {
        const auto gram = x.mm(x.t());                          // [short, short]
        const auto mixed = at::addmm(gram, gram, gram, kB, kC); // b G + c G G
        x = at::addmm(x, mixed, x, kA);                         // a X + (b G + c G G) X
    }
    return is_tall ? x.t() : x;
}

} // namespace lyceum::optim
