#pragma once

#include "core/config/optimizer_config.h"
#include "core/optim/optimizer_base.h"
#include "core/optim/packed_moment.h"

namespace lyceum::optim {

struct LionOptions {
    double beta1 = 0.9;
    double beta2 = 0.99;
    config::StateBits state_bits = config::StateBits::Bits32;
};

/// Steps of one size in the direction of a mixture of momentum and gradient: half of AdamW's state.
/// Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023,
/// arXiv:2302.06675, algorithm 2. In 8 bits it is `bitsandbytes.optim.Lion8bit`'s.
/// State: exp_avg of each parameter; in 8 bits with exp_avg_scale.
class Lion final : public OptimizerBase {
public:
    Lion(std::vector<ParameterGroup> groups, const LionOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "lion"; }

protected:
    void update(const Update& update) override;

private:
    void update_packed(std::size_t number, const Update& update);

    LionOptions options_;
    std::vector<at::Tensor> exp_avg_; ///< Undefined where packed_ is in use.
    std::vector<PackedMoment> packed_;
};

} // namespace lyceum::optim
