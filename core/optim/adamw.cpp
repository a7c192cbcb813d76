#include "core/optim/adamw.h"

#include "core/base/check.h"

#include <map>

namespace lyceum::optim {

AdamW::AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options) : options_(options)
{
    for (auto& settings : groups) {
        Group group;
        for (const auto& [name, parameter] : settings.parameters) {
            group.exp_avg.push_back(torch::zeros_like(parameter, at::MemoryFormat::Preserve));
            group.exp_avg_sq.push_back(torch::zeros_like(parameter, at::MemoryFormat::Preserve));
            group.steps.push_back(torch::zeros({}, at::kFloat));
        }
        group.settings = std::move(settings);
        groups_.push_back(std::move(group));
    }
}

void AdamW::step(double learning_rate)
{
    const torch::NoGradGuard no_grad;
    ++num_steps_;
    for (auto& group : groups_) {
        std::vector<at::Tensor> parameters, gradients, exp_avg, exp_avg_sq, steps;
        for (std::size_t i = 0; i < group.settings.parameters.size(); ++i) {
            const auto& parameter = group.settings.parameters[i].tensor;
            if (!parameter.grad().defined())
                continue;
            group.steps[i].fill_(static_cast<double>(num_steps_));
            parameters.push_back(parameter);
            gradients.push_back(parameter.grad());
            exp_avg.push_back(group.exp_avg[i]);
            exp_avg_sq.push_back(group.exp_avg_sq[i]);
            steps.push_back(group.steps[i]);
        }
        if (!parameters.empty()) {
            at::_fused_adamw_(parameters, gradients, exp_avg, exp_avg_sq, {}, steps,
                              learning_rate * group.settings.learning_rate_scale, options_.beta1,
                              options_.beta2, group.settings.weight_decay, options_.eps,
                              /*amsgrad=*/false, /*maximize=*/false);
        }
    }
}

void AdamW::zero_gradients()
{
    for (auto& group : groups_)
        for (auto& [name, parameter] : group.settings.parameters)
            parameter.mutable_grad().reset();
}

std::vector<at::Tensor> AdamW::gradients() const
{
    std::vector<at::Tensor> gradients;
    for (const auto& group : groups_)
        for (const auto& [name, parameter] : group.settings.parameters)
            if (parameter.grad().defined())
                gradients.push_back(parameter.grad());
    return gradients;
}

std::vector<NamedTensor> AdamW::state() const
{
    std::vector<NamedTensor> state;
    for (const auto& group : groups_) {
        for (std::size_t i = 0; i < group.settings.parameters.size(); ++i) {
            const auto& name = group.settings.parameters[i].name;
            state.push_back({"exp_avg." + name, group.exp_avg[i]});
            state.push_back({"exp_avg_sq." + name, group.exp_avg_sq[i]});
        }
    }
    return state;
}

Result<void> AdamW::load_state(const std::vector<NamedTensor>& state, std::int64_t num_steps)
{
    LYCEUM_CHECK(num_steps >= 0, "a saved optimizer has done a number of steps");
    std::map<std::string_view, const at::Tensor*> saved;
    for (const auto& [name, tensor] : state)
        saved.emplace(name, &tensor);

    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : this->state()) {
        const auto found = saved.find(name);
        if (found == saved.end())
            return Error{ErrorCode::InvalidData, "The saved optimizer state lacks " + name + ".",
                         "Resume with the method and LoRA targets that the run began with."};
        if (found->second->sizes() != tensor.sizes())
            return Error{ErrorCode::InvalidData,
                         "The saved optimizer state has another shape for " + name + ".",
                         "Resume with the LoRA rank that the run began with."};
        tensor.copy_(*found->second);
    }
    num_steps_ = num_steps;
    return {};
}

} // namespace lyceum::optim
