#include "core/nn/initialise.h"

#include "core/models/family.h"

#include <torch/torch.h>

#include <cmath>

namespace lyceum::nn {
namespace {

/// GPT-2 makes what is added to the residual stream smaller, the deeper the model (Radford et al.
/// 2019, section 2.3).
double deviation_of(const std::string& name, const models::Architecture& architecture)
{
    const bool is_residual = architecture.family == "gpt2" && name.ends_with(".c_proj.weight");
    return is_residual ? architecture.initializer_range /
                             std::sqrt(2.0 * static_cast<double>(architecture.num_hidden_layers))
                       : architecture.initializer_range;
}

} // namespace

void initialise(torch::nn::Module& model, const models::Architecture& architecture,
                std::uint64_t seed)
{
    const at::NoGradGuard no_grad;
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    for (const auto& item : model.named_parameters()) {
        at::Tensor parameter = item.value();
        if (parameter.dim() > 1)
            parameter.normal_(0.0, deviation_of(item.key(), architecture), generator);
        else if (item.key().ends_with(".bias"))
            parameter.zero_();
        else
            parameter.fill_(1.0);
    }
}

} // namespace lyceum::nn
