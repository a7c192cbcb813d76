#pragma once

/// @file
/// Strategy: how one training step is spread over ranks. The Trainer owns the loop and knows no
/// strategy by name; a new one is a class here plus one line in `make_strategy`.

#include "core/base/result.h"
#include "core/optim/optimizer.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::strategy {

using optim::NamedTensor;

/// Makes the optimizer of the parameters as this rank holds them: called after placement, so that a
/// strategy that shards parameters hands in its shards. Parameters that do not train are left out.
using OptimizerFactory =
    std::function<std::unique_ptr<optim::Optimizer>(std::vector<NamedTensor> parameters)>;

/// The forward pass of micro-step `index`. @return its share of the loss, a scalar: the shares of
/// all micro-steps and ranks sum to the loss of the global batch.
using MicroStep = std::function<Result<at::Tensor>(std::size_t index)>;

/// Owns placement, backward passes, gradient synchronisation, the optimizer's step, reduction of
/// metrics, and the state.
///
/// Lifecycle: `setup` once. Per optimizer step: `forward_backward`, `clip_gradients`,
/// `optimizer_step`. Threads: every call comes from the rank's training thread. Collectives: all
/// ranks make the same calls in the same order. A rank that stops early leaves the others waiting
/// for at most the group's timeout; they then get PeerLost.
class Strategy {
public:
    virtual ~Strategy() = default;

    /// Stable name in configurations and run records: "single".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual int rank() const noexcept = 0; ///< In [0, world_size()).
    [[nodiscard]] virtual int world_size() const noexcept = 0;
    /// How many ranks get samples of their own, and which of them this one is (tensor and pipeline
    /// peers share samples).
    [[nodiscard]] virtual int data_rank() const noexcept = 0;
    [[nodiscard]] virtual int data_size() const noexcept = 0;
    [[nodiscard]] bool is_global_zero() const noexcept { return rank() == 0; }

    /// Places `module` on this rank (moves, replicates from rank 0 or shards it) and makes its
    /// optimizer.
    /// @param module Complete, the same on every rank. Must outlive the strategy.
    /// @return InvalidConfig when it cannot be split as configured; OutOfMemory; PeerLost. Discard
    /// `module` then.
    [[nodiscard]] virtual Result<void> setup(torch::nn::Module& module,
                                             const OptimizerFactory& make_optimizer) = 0;

    /// Forgets old gradients, runs every micro-step forward and backward, and leaves the gradient
    /// of the global batch's loss in the parameters, synchronised once, after the last. The
    /// strategy chooses the order of forward and backward passes (a pipeline interleaves them).
    /// @return the loss of the global batch; a failing micro-step's error. Gradients are undefined
    /// after an error.
    [[nodiscard]] virtual Result<double> forward_backward(std::size_t num_micro_steps,
                                                          const MicroStep& forward) = 0;

    /// Multiplies every gradient: undoes the scaling of a loss, before clipping.
    [[nodiscard]] virtual Result<void> scale_gradients(double factor) = 0;

    /// Scales the gradients so that their global norm is at most `max_norm`; 0 = only measures.
    /// @return the norm before.
    [[nodiscard]] virtual Result<double> clip_gradients(double max_norm) = 0;

    [[nodiscard]] virtual Result<void> optimizer_step(double learning_rate) = 0;

    /// Replaces each value by its sum over the ranks that hold different samples: sums and counts
    /// of a metric.
    [[nodiscard]] virtual Result<void> reduce_sum(std::span<double> values) = 0;

    /// Rank 0's value on every rank: what it decided after reading the commands.
    [[nodiscard]] virtual Result<std::int64_t> broadcast(std::int64_t value) = 0;
    [[nodiscard]] virtual Result<void> barrier() = 0;

    /// The trained tensors, whole (gathered where they are sharded), under the module's names. May
    /// be the tensors themselves: use them before the next step. A collective; only rank 0's result
    /// counts.
    [[nodiscard]] virtual Result<std::vector<NamedTensor>> model_state() = 0;
    /// @return InvalidData naming a tensor that is missing, unknown or of another shape.
    [[nodiscard]] virtual Result<void> load_model_state(const std::vector<NamedTensor>& state) = 0;

    /// The optimizer's state, whole, and its number of steps; as model_state().
    struct OptimizerState {
        std::vector<NamedTensor> tensors;
        std::int64_t num_steps = 0;
    };
    [[nodiscard]] virtual Result<OptimizerState> optimizer_state() = 0;
    [[nodiscard]] virtual Result<void> load_optimizer_state(const OptimizerState& state) = 0;
};

/// @param name "auto" or "single". @return Unsupported naming the known ones.
[[nodiscard]] Result<std::unique_ptr<Strategy>> make_strategy(std::string_view name);

} // namespace lyceum::strategy
