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

/// A padding token stands for nothing: its row is zero where Transformers' embedding has a
/// padding_idx, which of these families the encoders' words have, and RoBERTa's positions.
void clear_padding(const std::string& name, at::Tensor& parameter,
                   const models::Architecture& architecture)
{
    const models::Family& family = models::family_of(architecture);
    if (!family.is_encoder || architecture.pad_token_id < 0)
        return;
    const bool has_padding =
        name == std::string(family.embeddings) + ".weight" ||
        (architecture.family == "roberta" && name == std::string(family.positions) + ".weight");
    if (has_padding)
        parameter.select(0, architecture.pad_token_id).zero_();
}

} // namespace

void initialise(torch::nn::Module& model, const models::Architecture& architecture,
                std::uint64_t seed)
{
    const at::NoGradGuard no_grad;
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    for (const auto& item : model.named_parameters()) {
        at::Tensor parameter = item.value();
        if (parameter.dim() > 1) {
            parameter.normal_(0.0, deviation_of(item.key(), architecture), generator);
            clear_padding(item.key(), parameter, architecture);
        } else if (item.key().ends_with(".bias"))
            parameter.zero_();
        else
            parameter.fill_(1.0);
    }
}

} // namespace lyceum::nn
