#include "core/optim/lion.h"

namespace lyceum::optim {

Lion::Lion(std::vector<ParameterGroup> groups, const LionOptions& options)
    : OptimizerBase(std::move(groups))
    , options_(options)
    , exp_avg_(num_parameters())
    , packed_(num_parameters())
{
    for (std::size_t i = 0; i < num_parameters(); ++i) {
        if (options.state_bits == config::StateBits::Bits8 && is_worth_packing(parameter(i))) {
            packed_[i] = zero_moment(parameter(i));
            keep("exp_avg", i, packed_[i].codes);
            keep("exp_avg_scale", i, packed_[i].scales);
        } else {
            exp_avg_[i] = keep_zeros("exp_avg", i);
        }
    }
}

void Lion::update(const Update& update)
{
    for (const auto number : update.parameters) {
        if (packed_[number].is_defined()) {
            update_packed(number, update);
            continue;
        }
        const auto& values = parameter(number);
        const auto& gradient = values.grad();
        auto& momentum = exp_avg_[number];
        const auto direction =
            momentum.mul(options_.beta1).add_(gradient, 1.0 - options_.beta1).sign_();
        values.mul_(1.0 - update.learning_rate * update.weight_decay);
        values.add_(direction, -update.learning_rate);
        momentum.mul_(options_.beta2).add_(gradient, 1.0 - options_.beta2);
    }
}

void Lion::update_packed(std::size_t number, const Update& update)
{
    const auto gradient = parameter(number).grad().contiguous();
    const kernels::PackedLion step{
        .beta1 = static_cast<float>(options_.beta1),
        .beta2 = static_cast<float>(options_.beta2),
        .keep = static_cast<float>(1.0 - update.learning_rate * update.weight_decay),
        .learning_rate = static_cast<float>(update.learning_rate)};
    auto* values = parameter(number).data_ptr<float>();
    const auto* gradients = gradient.const_data_ptr<float>();
    const auto moment = packed_[number].data();
    const auto size = gradient.numel();
    at::parallel_for(0, kernels::num_blocks(size), kPackedGrain,
                     [&](std::int64_t begin, std::int64_t end) {
                         kernels::lion_step(values, gradients, moment, step, begin, end, size);
                     });
}

} // namespace lyceum::optim
