#pragma once

#include "core/optim/optimizer.h"

namespace lyceum::optim {

struct AdamWOptions {
    double beta1 = 0.9;
    double beta2 = 0.95;
    double eps = 1.0e-8;
};

/// Adam with decoupled weight decay; each step is ATen's fused kernel, equal to
/// `torch.optim.AdamW(fused=True)`. Source: Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101,
/// algorithm 2.
class AdamW final : public Optimizer {
public:
    /// Allocates two tensors of zeros a parameter.
    AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "adamw"; }
    void step(double learning_rate) override;
    void zero_gradients() override;
    [[nodiscard]] std::vector<at::Tensor> gradients() const override;
    [[nodiscard]] std::int64_t num_steps() const noexcept override { return num_steps_; }
    [[nodiscard]] std::vector<NamedTensor> state() const override;
    [[nodiscard]] Result<void> load_state(const std::vector<NamedTensor>& state,
                                          std::int64_t num_steps) override;

private:
    struct Group {
        ParameterGroup settings;
        std::vector<at::Tensor> exp_avg;
        std::vector<at::Tensor> exp_avg_sq;
        std::vector<at::Tensor> steps; ///< One float a parameter, as the kernel wants it.
    };
    std::vector<Group> groups_;
    AdamWOptions options_;
    std::int64_t num_steps_ = 0;
};

} // namespace lyceum::optim
