#include "core/strategy/single_strategy.h"

#include "core/base/check.h"
#include "core/optim/gradient_clipping.h"
#include "core/runtime/guard.h"

#include <map>

namespace lyceum::strategy {

Result<void> SingleStrategy::setup(torch::nn::Module& module,
                                   const OptimizerFactory& make_optimizer)
{
    return runtime::guard("preparing the optimizer", [&]() -> Result<void> {
        for (const auto& item : module.named_parameters())
            if (item.value().requires_grad())
                parameters_.push_back({item.key(), item.value()});
        if (parameters_.empty())
            return Error{ErrorCode::InvalidConfig, "No parameter of the model trains.",
                         "Choose LoRA targets that the model has, or method: full."};
        optimizer_ = make_optimizer(parameters_);
        return {};
    });
}

Result<double> SingleStrategy::forward_backward(std::size_t num_micro_steps,
                                                const MicroStep& forward)
{
    LYCEUM_CHECK(optimizer_, "setup comes before forward_backward");
    return runtime::guard("a training step", [&]() -> Result<double> {
        optimizer_->zero_gradients();
        double loss = 0.0;
        for (std::size_t index = 0; index < num_micro_steps; ++index) {
            LYCEUM_ASSIGN(const at::Tensor share, forward(index));
            share.backward();
            loss += share.item<double>();
        }
        return loss;
    });
}

Result<void> SingleStrategy::scale_gradients(double factor)
{
    return runtime::guard("scaling the gradients", [&] {
        const torch::NoGradGuard no_grad;
        if (const auto gradients = optimizer_->gradients(); !gradients.empty())
            at::_foreach_mul_(gradients, factor);
    });
}

Result<double> SingleStrategy::clip_gradients(double max_norm)
{
    return runtime::guard("clipping the gradients", [&] {
        const auto gradients = optimizer_->gradients();
        const double norm = optim::global_norm(gradients);
        if (max_norm > 0.0)
            optim::clip_to_norm(gradients, norm, max_norm);
        return norm;
    });
}

Result<void> SingleStrategy::optimizer_step(double learning_rate)
{
    return runtime::guard("the optimizer's step", [&] { optimizer_->step(learning_rate); });
}

Result<void> SingleStrategy::reduce_sum(std::span<double>)
{
    return {};
}

Result<std::int64_t> SingleStrategy::broadcast(std::int64_t value)
{
    return value;
}

Result<void> SingleStrategy::barrier()
{
    return {};
}

Result<std::vector<NamedTensor>> SingleStrategy::model_state()
{
    return parameters_;
}

Result<void> SingleStrategy::load_model_state(const std::vector<NamedTensor>& state)
{
    std::map<std::string_view, const at::Tensor*> saved;
    for (const auto& [name, tensor] : state)
        saved.emplace(name, &tensor);
    if (saved.size() != parameters_.size())
        return Error{ErrorCode::InvalidData,
                     "The checkpoint holds " + std::to_string(saved.size()) +
                         " trained tensors, the model has " + std::to_string(parameters_.size()) +
                         ".",
                     "Resume with the method and LoRA targets that the run began with."};
    return runtime::guard("loading the trained tensors", [&]() -> Result<void> {
        const torch::NoGradGuard no_grad;
        for (auto& [name, parameter] : parameters_) {
            const auto found = saved.find(name);
            if (found == saved.end() || found->second->sizes() != parameter.sizes())
                return Error{ErrorCode::InvalidData,
                             "The checkpoint lacks " + name + ", or has it in another shape.",
                             "Resume with the method and LoRA rank that the run began with."};
            parameter.copy_(*found->second);
        }
        return {};
    });
}

Result<Strategy::OptimizerState> SingleStrategy::optimizer_state()
{
    return OptimizerState{optimizer_->state(), optimizer_->num_steps()};
}

Result<void> SingleStrategy::load_optimizer_state(const OptimizerState& state)
{
    return runtime::guard("loading the optimizer's state",
                          [&] { return optimizer_->load_state(state.tensors, state.num_steps); });
}

} // namespace lyceum::strategy
