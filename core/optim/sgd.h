#pragma once

#include "core/optim/optimizer_base.h"

namespace lyceum::optim {

struct SgdOptions {
    double momentum = 0.0; ///< 0: no state at all.
    bool nesterov = false; ///< Needs momentum.
};

/// Stochastic gradient descent; the weight decay is part of the gradient. Each step is ATen's fused
/// kernel, equal to `torch.optim.SGD(fused=True)`.
/// State: momentum_buffer of each parameter, with momentum.
class Sgd final : public OptimizerBase {
public:
    Sgd(std::vector<ParameterGroup> groups, const SgdOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "sgd"; }

protected:
    void update(const Update& update) override;

private:
    SgdOptions options_;
    std::vector<at::Tensor> momentum_buffers_; ///< Empty without momentum.
};

} // namespace lyceum::optim
