#include "core/optim/sgd.h"

#include "core/base/check.h"

namespace lyceum::optim {

Sgd::Sgd(std::vector<ParameterGroup> groups, const SgdOptions& options)
    : OptimizerBase(std::move(groups)), options_(options)
{
    LYCEUM_CHECK(!options.nesterov || options.momentum > 0.0, "nesterov needs momentum");
    if (options.momentum > 0.0)
        for (std::size_t i = 0; i < num_parameters(); ++i)
            momentum_buffers_.push_back(keep_zeros("momentum_buffer", i));
}

void Sgd::update(const Update& update)
{
    std::vector<at::Tensor> parameters, gradients;
    for (const auto number : update.parameters) {
        parameters.push_back(parameter(number));
        gradients.push_back(parameter(number).grad());
    }
    const auto buffers = momentum_buffers_.empty() ? std::vector<at::Tensor>()
                                                   : pick(momentum_buffers_, update.parameters);
    // Buffers of zeros make PyTorch's special first step an ordinary one.
    at::_fused_sgd_(parameters, gradients, buffers, update.weight_decay, options_.momentum,
                    update.learning_rate, /*dampening=*/0.0, options_.nesterov,
                    /*maximize=*/false, /*is_first_step=*/false);
}

} // namespace lyceum::optim
