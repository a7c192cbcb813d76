#pragma once

/// @file
/// Task: what is learnt (Lightning's LightningModule). A new one is one class; the Trainer knows
/// none by name.

#include "core/base/result.h"
#include "core/loader/batch.h"
#include "core/optim/optimizer.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::task {

/// A loss as its parts, so that parts of any size can be added up.
struct LossSum {
    double sum = 0.0; ///< nats, over the targets.
    std::int64_t num_targets = 0;
    LossSum& operator+=(const LossSum& other)
    {
        sum += other.sum;
        num_targets += other.num_targets;
        return *this;
    }
    [[nodiscard]] double mean() const
    {
        return num_targets > 0 ? sum / static_cast<double>(num_targets) : 0.0;
    }
};

/// Called with each piece of a prediction; false stops it.
using OnText = std::function<bool(std::string_view)>;

/// Threads: the rank's training thread only.
class Task {
public:
    virtual ~Task() = default;

    /// `task.kind` in the configuration.
    [[nodiscard]] virtual std::string_view kind() const noexcept = 0;
    [[nodiscard]] virtual torch::nn::Module& module() = 0;

    /// Forward pass of a micro-step, in training mode.
    /// @param global_targets targets of the whole global batch, over all micro-steps and ranks.
    /// @return this micro-step's loss summed over its targets, divided by `global_targets`; a
    /// scalar with a graph.
    [[nodiscard]] virtual Result<at::Tensor> training_step(const loader::Batch& batch,
                                                           std::int64_t global_targets) = 0;

    /// The loss of a batch, in evaluation mode and without a graph.
    [[nodiscard]] virtual Result<LossSum> validation_step(const loader::Batch& batch) = 0;
    [[nodiscard]] virtual Result<LossSum> test_step(const loader::Batch& batch)
    {
        return validation_step(batch);
    }

    /// The model's answer to a prompt, greedily. @return Cancelled when `on_text` stopped it.
    [[nodiscard]] virtual Result<std::string> predict_step(const std::string& prompt,
                                                           const OnText& on_text) = 0;

    [[nodiscard]] virtual std::unique_ptr<optim::Optimizer>
    configure_optimizers(std::vector<optim::NamedTensor> parameters) const = 0;
};

} // namespace lyceum::task
