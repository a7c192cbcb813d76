#include "core/optim/adamw.h"

#include <cmath>

namespace lyceum::optim {

AdamW::AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options)
    : OptimizerBase(std::move(groups))
    , options_(options)
    , exp_avg_(num_parameters())
    , exp_avg_sq_(num_parameters())
    , packed_(num_parameters())
{
    for (std::size_t i = 0; i < num_parameters(); ++i) {
        if (options.state_bits == config::StateBits::Bits8 && is_worth_packing(parameter(i))) {
            packed_[i] = {zero_moment(parameter(i)), zero_moment(parameter(i))};
            keep("exp_avg", i, packed_[i].first.codes);
            keep("exp_avg_scale", i, packed_[i].first.scales);
            keep("exp_avg_sq", i, packed_[i].second.codes);
            keep("exp_avg_sq_scale", i, packed_[i].second.scales);
        } else {
            exp_avg_[i] = keep_zeros("exp_avg", i);
            exp_avg_sq_[i] = keep_zeros("exp_avg_sq", i);
        }
    }
}

void AdamW::update(const Update& update)
{
    std::vector<at::Tensor> parameters, exp_avg, exp_avg_sq;
    for (const auto number : update.parameters) {
        if (packed_[number].first.is_defined()) {
            update_packed(number, update);
            continue;
        }
        parameters.push_back(parameter(number));
        exp_avg.push_back(exp_avg_[number]);
        exp_avg_sq.push_back(exp_avg_sq_[number]);
    }
    if (!parameters.empty())
        fused_adamw(parameters, exp_avg, exp_avg_sq,
                    {.learning_rate = update.learning_rate,
                     .weight_decay = update.weight_decay,
                     .beta1 = options_.beta1,
                     .beta2 = options_.beta2,
                     .eps = options_.eps,
                     .step_number = num_steps()});
}

void AdamW::update_packed(std::size_t number, const Update& update)
{
    const auto gradient = parameter(number).grad().contiguous();
    const auto t = static_cast<double>(num_steps());
    const kernels::PackedAdamW step{
        .beta1 = static_cast<float>(options_.beta1),
        .beta2 = static_cast<float>(options_.beta2),
        .eps = static_cast<float>(options_.eps),
        .keep = static_cast<float>(1.0 - update.learning_rate * update.weight_decay),
        .step_size = static_cast<float>(update.learning_rate / (1.0 - std::pow(options_.beta1, t))),
        .second_scale = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(options_.beta2, t)))};
    auto* values = parameter(number).data_ptr<float>();
    const auto* gradients = gradient.const_data_ptr<float>();
    const auto first = packed_[number].first.data(), second = packed_[number].second.data();
    const auto size = gradient.numel();
    at::parallel_for(
        0, kernels::num_blocks(size), kPackedGrain, [&](std::int64_t begin, std::int64_t end) {
            kernels::adamw_step(values, gradients, first, second, step, begin, end, size);
        });
}

void fused_adamw(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& exp_avg,
                 const std::vector<at::Tensor>& exp_avg_sq, const FusedAdamW& step)
{
    std::vector<at::Tensor> gradients, steps;
    for (const auto& parameter : parameters) {
        gradients.push_back(parameter.grad());
        steps.push_back(torch::full({}, static_cast<double>(step.step_number),
                                    parameter.options().dtype(at::kFloat).requires_grad(false)));
    }
    at::_fused_adamw_(parameters, gradients, exp_avg, exp_avg_sq, {}, steps, step.learning_rate,
                      step.beta1, step.beta2, step.weight_decay, step.eps, /*amsgrad=*/false,
                      /*maximize=*/false);
}

} // namespace lyceum::optim
