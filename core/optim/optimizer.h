#pragma once

/// @file
/// Optimizer: parameter groups in, updates in place out. Its state is named tensors, so that a
/// checkpoint (and later a sharded one) needs to know no optimizer.

#include "core/base/result.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::optim {

struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

/// Parameters that share hyperparameters. Names are the module's ("model.norm.weight") and unique
/// over all groups.
struct ParameterGroup {
    std::vector<NamedTensor> parameters;
    double weight_decay = 0.0;
    double learning_rate_scale = 1.0; ///< Times the step's learning rate.
    /// Matrices between embedding and head, which Muon turns into orthogonal updates.
    bool is_hidden_matrices = false;
};

/// Lifecycle: its state exists from the constructor on, so that it can be saved before a step.
/// Threads: the rank's training thread only.
class Optimizer {
public:
    virtual ~Optimizer() = default;

    /// "adamw"
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Updates every parameter that has a gradient, and counts the step. Throws what LibTorch
    /// throws.
    virtual void step(double learning_rate) = 0;

    /// Forgets all gradients (they become undefined, so that the next backward pass need not add to
    /// zeros).
    virtual void zero_gradients() = 0;

    /// Gradients that exist, in the groups' order.
    [[nodiscard]] virtual std::vector<at::Tensor> gradients() const = 0;

    [[nodiscard]] virtual std::int64_t num_steps() const noexcept = 0;

    /// The state itself, not copies: "exp_avg.model.norm.weight", ...
    [[nodiscard]] virtual std::vector<NamedTensor> state() const = 0;

    /// Copies a saved state in.
    /// @return InvalidData naming the first tensor that is missing, unknown, or of another shape or
    /// number of bits; the state is then partly overwritten.
    [[nodiscard]] virtual Result<void> load_state(const std::vector<NamedTensor>& state,
                                                  std::int64_t num_steps) = 0;
};

} // namespace lyceum::optim
