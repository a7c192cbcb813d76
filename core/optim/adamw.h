#pragma once

#include "core/config/optimizer_config.h"
#include "core/optim/optimizer_base.h"
#include "core/optim/packed_moment.h"

namespace lyceum::optim {

struct AdamWOptions {
    double beta1 = 0.9;
    double beta2 = 0.95;
    double eps = 1.0e-8;
    config::StateBits state_bits = config::StateBits::Bits32;
};

/// Adam with decoupled weight decay. In 32 bits each step is ATen's fused kernel, equal to
/// `torch.optim.AdamW(fused=True)`; in 8 bits it is `bitsandbytes.optim.AdamW8bit`'s.
/// Source: Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101, algorithm 2.
/// State: exp_avg and exp_avg_sq of each parameter; in 8 bits with exp_avg_scale and
/// exp_avg_sq_scale.
class AdamW final : public OptimizerBase {
public:
    AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "adamw"; }

protected:
    void update(const Update& update) override;

private:
    struct Packed {
        PackedMoment first, second;
    };
    void update_packed(std::size_t number, const Update& update);

    AdamWOptions options_;
    // One of each a parameter; undefined where the other kind is in use.
    std::vector<at::Tensor> exp_avg_;
    std::vector<at::Tensor> exp_avg_sq_;
    std::vector<Packed> packed_;
};

/// One step of ATen's fused AdamW; `step_number` counts from 1.
struct FusedAdamW {
    double learning_rate, weight_decay;
    double beta1, beta2, eps;
    std::int64_t step_number;
};
/// @param exp_avg, exp_avg_sq of all parameters of the optimizer; `parameters` those to change.
void fused_adamw(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& exp_avg,
                 const std::vector<at::Tensor>& exp_avg_sq, const FusedAdamW& step);

} // namespace lyceum::optim
