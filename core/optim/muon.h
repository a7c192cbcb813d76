#pragma once

#include "core/optim/optimizer_base.h"

namespace lyceum::optim {

struct MuonOptions {
    double momentum = 0.95; ///< Nesterov's.
    // AdamW's, for everything that is no hidden matrix.
    double beta1 = 0.9;
    double beta2 = 0.95;
    double eps = 1.0e-8;
};

/// Momentum whose updates of hidden matrices are made (nearly) orthogonal; embeddings, heads, norms
/// and biases get AdamW. An update of a matrix [A, B] is scaled by 0.2 * sqrt(max(A, B)), so that
/// AdamW's learning rate and weight decay suit both.
/// Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon; the scale: Liu et al.
/// 2025, arXiv:2502.16982. Equal to `torch.optim.Muon(adjust_lr_fn="match_rms_adamw")`, but that
/// the orthogonalisation is done in the parameter's data type, not in bfloat16.
/// State: momentum_buffer of each hidden matrix; exp_avg and exp_avg_sq of the rest.
class Muon final : public OptimizerBase {
public:
    Muon(std::vector<ParameterGroup> groups, const MuonOptions& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "muon"; }

protected:
    void update(const Update& update) override;

private:
    void update_matrix(std::size_t number, const Update& update);

    MuonOptions options_;
    // One of each a parameter; undefined where the other kind is in use.
    std::vector<at::Tensor> momentum_buffers_;
    std::vector<at::Tensor> exp_avg_;
    std::vector<at::Tensor> exp_avg_sq_;
};

/// U V^T of a matrix's singular value decomposition, roughly: five steps of a Newton-Schulz
/// iteration that bring every singular value near 1 (between about 0.7 and 1.2).
/// @param matrix [A, B]. @return [A, B].
[[nodiscard]] at::Tensor orthogonalised(const at::Tensor& matrix);

} // namespace lyceum::optim
