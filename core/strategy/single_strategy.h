#pragma once

#include "core/strategy/strategy.h"

namespace lyceum::strategy {

/// One process, one device: nothing to synchronise.
class SingleStrategy final : public Strategy {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "single"; }
    [[nodiscard]] int rank() const noexcept override { return 0; }
    [[nodiscard]] int world_size() const noexcept override { return 1; }
    [[nodiscard]] int data_rank() const noexcept override { return 0; }
    [[nodiscard]] int data_size() const noexcept override { return 1; }

    [[nodiscard]] Result<void> setup(torch::nn::Module& module,
                                     const OptimizerFactory& make_optimizer) override;
    [[nodiscard]] Result<double> forward_backward(std::size_t num_micro_steps,
                                                  const MicroStep& forward) override;
    [[nodiscard]] Result<void> scale_gradients(double factor) override;
    [[nodiscard]] Result<double> clip_gradients(double max_norm) override;
    [[nodiscard]] Result<void> optimizer_step(double learning_rate) override;
    [[nodiscard]] Result<void> reduce_sum(std::span<double> values) override;
    [[nodiscard]] Result<std::int64_t> broadcast(std::int64_t value) override;
    [[nodiscard]] Result<void> barrier() override;
    [[nodiscard]] Result<std::vector<NamedTensor>> model_state() override;
    [[nodiscard]] Result<void> load_model_state(const std::vector<NamedTensor>& state) override;
    [[nodiscard]] Result<OptimizerState> optimizer_state() override;
    [[nodiscard]] Result<void> load_optimizer_state(const OptimizerState& state) override;

private:
    std::vector<NamedTensor> parameters_; ///< Those that train.
    std::unique_ptr<optim::Optimizer> optimizer_;
};

} // namespace lyceum::strategy
