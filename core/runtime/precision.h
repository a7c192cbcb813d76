#pragma once

/// @file
/// Precision: in which numbers a model trains (Lightning's Precision plugin). The Trainer knows
/// none by name; a new one is a class in precision.cpp and a line in `make_precision`.

#include "core/base/result.h"
#include "core/runtime/autocast.h"

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::runtime {

/// What becomes of a step whose gradients are known.
struct StepVerdict {
    bool is_taken = true;
    std::string event = {}; ///< What people should know of it; empty: nothing.
};

/// Lifecycle: `convert_module` once, before the optimizer is made; per step every forward pass in
/// `forward_context`, its loss through `scale_loss`, then the gradients times `gradient_factor`,
/// and `judge`. Threads: the rank's training thread.
class Precision {
public:
    virtual ~Precision() = default;

    /// `trainer.precision` in the configuration: "bf16-mixed".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Gives floating-point weights the type they train in.
    virtual void convert_module(torch::nn::Module& module) const = 0;

    /// In force until it goes: for the forward passes of training and validation.
    [[nodiscard]] virtual AutocastScope forward_context() const { return AutocastScope(std::nullopt); }

    /// What backward starts from, and by what the gradients and that loss are then to be
    /// multiplied; powers of two, so nothing is lost.
    [[nodiscard]] virtual at::Tensor scale_loss(const at::Tensor& loss) const { return loss; }
    [[nodiscard]] virtual double gradient_factor() const { return 1.0; }

    /// Once a step, with the norm of the gradients of all ranks after the factor: whether the
    /// optimizer may use them.
    /// @return Unsupported when these numbers cannot hold this training; nothing has changed then.
    [[nodiscard]] virtual Result<StepVerdict> judge(double gradient_norm);

    /// Metrics of the latest step: "loss_scale", ...
    [[nodiscard]] virtual std::vector<std::pair<std::string, double>> figures() const { return {}; }

    /// A warning for this machine ("is slow here"); empty: none.
    [[nodiscard]] virtual std::string advice() const { return {}; }

    /// What going on exactly needs; null: nothing.
    [[nodiscard]] virtual nlohmann::json state() const { return nullptr; }
    [[nodiscard]] virtual Result<void> load_state(const nlohmann::json&) { return {}; }
};

/// For the CPU, which is what this version trains on.
/// @param name "auto" (32-true), "32-true", "bf16-mixed", "bf16-true", "16-mixed" or "64-true".
/// @return Unsupported naming the known ones.
[[nodiscard]] Result<std::unique_ptr<Precision>> make_precision(std::string_view name);

} // namespace lyceum::runtime
