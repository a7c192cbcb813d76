#pragma once

#include "core/optim/optimizer_base.h"

namespace lyceum::optim {

struct AdafactorOptions {
    /// Off: each step is as long as the learning rate says. On: max(1e-3, the parameter's root mean
    /// square) * min(learning rate, 1 / sqrt(t)).
    bool relative_step = false;
};

/// Second moments of matrices as a row and a column: hardly any state. Without first moment;
/// updates with a root mean square above 1 are scaled down to it.
/// Source: Shazeer & Stern, ICML 2018, arXiv:1804.04235. Without relative steps it equals
/// `transformers.Adafactor(scale_parameter=False, relative_step=False)`, with them
/// `torch.optim.Adafactor`, but for how zeros are kept out of denominators.
/// State: row_var [..., rows] and col_var [..., columns] of each matrix, variance of the rest.
class Adafactor final : public OptimizerBase {
public:
    Adafactor(std::vector<ParameterGroup> groups, const AdafactorOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "adafactor"; }

protected:
    void update(const Update& update) override;

private:
    struct Variance {
        at::Tensor row, column; ///< Of matrices.
        at::Tensor whole;       ///< Of the rest.
    };
    /// The gradient over the root of its variance, in the parameter's shape.
    [[nodiscard]] at::Tensor normalised(const at::Tensor& gradient, Variance& variance) const;

    AdafactorOptions options_;
    std::vector<Variance> variances_;
};

} // namespace lyceum::optim
