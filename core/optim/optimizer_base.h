#pragma once

#include "core/optim/optimizer.h"

#include <cstddef>

namespace lyceum::optim {

/// What the optimizers share: parameters by number, gradients, the count of steps, and a state that
/// is saved and loaded by name.
class OptimizerBase : public Optimizer {
public:
    void step(double learning_rate) final;
    void zero_gradients() final;
    [[nodiscard]] std::vector<at::Tensor> gradients() const final;
    [[nodiscard]] std::int64_t num_steps() const noexcept final { return num_steps_; }
    [[nodiscard]] std::vector<NamedTensor> state() const final { return state_; }
    [[nodiscard]] Result<void> load_state(const std::vector<NamedTensor>& state,
                                          std::int64_t num_steps) final;

protected:
    explicit OptimizerBase(std::vector<ParameterGroup> groups);

    /// What one group does in one step.
    struct Update {
        std::vector<std::size_t> parameters; ///< Numbers of those that have a gradient.
        double learning_rate = 0.0;          ///< Of this group.
        double weight_decay = 0.0;
        bool is_hidden_matrices = false;
    };
    /// Called without gradient tracking; num_steps() counts this step already.
    virtual void update(const Update& update) = 0;

    /// Over all groups, in their order.
    [[nodiscard]] std::size_t num_parameters() const noexcept { return parameters_.size(); }
    [[nodiscard]] const at::Tensor& parameter(std::size_t number) const
    {
        return parameters_[number].tensor;
    }
    [[nodiscard]] bool is_hidden_matrix(std::size_t number) const;

    /// Makes a tensor part of the state, as "KIND.PARAMETER". @return the same tensor.
    at::Tensor keep(const std::string& kind, std::size_t number, at::Tensor tensor);
    /// Zeros in the shape of a parameter, part of the state.
    at::Tensor keep_zeros(const std::string& kind, std::size_t number);

private:
    struct Group {
        std::size_t begin = 0; ///< Numbers of its parameters: [begin, end).
        std::size_t end = 0;
        double weight_decay = 0.0;
        double learning_rate_scale = 1.0;
        bool is_hidden_matrices = false;
    };
    std::vector<NamedTensor> parameters_;
    std::vector<Group> groups_;
    std::vector<NamedTensor> state_;
    std::int64_t num_steps_ = 0;
};

/// The parameters of an update and what belongs to them, as ATen's fused kernels take them.
[[nodiscard]] std::vector<at::Tensor> pick(const std::vector<at::Tensor>& all,
                                           const std::vector<std::size_t>& numbers);

} // namespace lyceum::optim
