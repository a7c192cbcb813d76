#include "core/optim/optimizer_base.h"

#include "core/base/check.h"

#include <map>

namespace lyceum::optim {

namespace {

Error state_mismatch(const std::string& what)
{
    return {ErrorCode::InvalidData, "The saved optimizer state " + what + ".",
            "Resume with the optimizer (name, momentum, state_bits), the method, the LoRA rank and "
            "targets and the model.freeze that the run began with."};
}

} // namespace

OptimizerBase::OptimizerBase(std::vector<ParameterGroup> groups)
{
    for (auto& group : groups) {
        const auto begin = parameters_.size();
        for (auto& parameter : group.parameters)
            parameters_.push_back(std::move(parameter));
        groups_.push_back({.begin = begin,
                           .end = parameters_.size(),
                           .weight_decay = group.weight_decay,
                           .learning_rate_scale = group.learning_rate_scale,
                           .is_hidden_matrices = group.is_hidden_matrices});
    }
}

void OptimizerBase::step(double learning_rate)
{
    const torch::NoGradGuard no_grad;
    ++num_steps_;
    for (const auto& group : groups_) {
        Update one{.learning_rate = learning_rate * group.learning_rate_scale,
                   .weight_decay = group.weight_decay,
                   .is_hidden_matrices = group.is_hidden_matrices};
        for (auto number = group.begin; number < group.end; ++number)
            if (parameter(number).grad().defined())
                one.parameters.push_back(number);
        if (!one.parameters.empty())
            update(one);
    }
}

void OptimizerBase::zero_gradients()
{
    for (auto& [name, parameter] : parameters_)
        parameter.mutable_grad().reset();
}

std::vector<at::Tensor> OptimizerBase::gradients() const
{
    std::vector<at::Tensor> gradients;
    for (const auto& [name, parameter] : parameters_)
        if (parameter.grad().defined())
            gradients.push_back(parameter.grad());
    return gradients;
}

bool OptimizerBase::is_hidden_matrix(std::size_t number) const
{
    for (const auto& group : groups_)
        if (number >= group.begin && number < group.end)
            return group.is_hidden_matrices;
    return false;
}

at::Tensor OptimizerBase::keep(const std::string& kind, std::size_t number, at::Tensor tensor)
{
    state_.push_back({kind + "." + parameters_[number].name, tensor});
    return tensor;
}

at::Tensor OptimizerBase::keep_zeros(const std::string& kind, std::size_t number)
{
    return keep(kind, number, torch::zeros_like(parameter(number), at::MemoryFormat::Preserve));
}

Result<void> OptimizerBase::load_state(const std::vector<NamedTensor>& state,
                                       std::int64_t num_steps)
{
    LYCEUM_CHECK(num_steps >= 0, "a saved optimizer has done a number of steps");
    std::map<std::string_view, const at::Tensor*> saved;
    for (const auto& [name, tensor] : state)
        saved.emplace(name, &tensor);

    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : state_) {
        const auto found = saved.find(name);
        if (found == saved.end())
            return state_mismatch("lacks " + name);
        const auto& value = *found->second;
        if (value.sizes() != tensor.sizes())
            return state_mismatch("has another shape for " + name);
        if ((value.scalar_type() == at::kByte) != (tensor.scalar_type() == at::kByte))
            return state_mismatch("has another number of bits for " + name);
        tensor.copy_(value);
        saved.erase(found);
    }
    if (!saved.empty())
        return state_mismatch("has " + std::string(saved.begin()->first) +
                              ", which this optimizer does not keep");
    num_steps_ = num_steps;
    return {};
}

std::vector<at::Tensor> pick(const std::vector<at::Tensor>& all,
                             const std::vector<std::size_t>& numbers)
{
    std::vector<at::Tensor> picked;
    picked.reserve(numbers.size());
    for (const auto number : numbers)
        picked.push_back(all[number]);
    return picked;
}

} // namespace lyceum::optim
