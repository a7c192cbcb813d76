#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace lyceum::runtime {

/// How the factor on the loss moves. The numbers are torch.amp.GradScaler's.
struct GradScalerOptions {
    double init_scale = 65536.0;
    double growth_factor = 2.0;
    double backoff_factor = 0.5;
    std::int64_t growth_interval = 2000; ///< Steps without overflow before the scale grows.
};

/// Loss scaling for gradients in 16 bits: as large a factor as does not overflow (Micikevicius et
/// al. 2018, arXiv:1710.03740, section 3.2). The same moves as torch.amp.GradScaler's `update`.
class GradScaler {
public:
    explicit GradScaler(const GradScalerOptions& options = {})
        : options_(options), scale_(options.init_scale)
    {
    }

    [[nodiscard]] double scale() const noexcept { return scale_; }
    /// Steps whose gradients overflowed, since the run began.
    [[nodiscard]] std::int64_t num_skipped() const noexcept { return num_skipped_; }

    /// After each step: shrinks the scale if its gradients had overflowed, lets it grow after
    /// growth_interval steps that had not.
    void update(bool has_overflowed);

    [[nodiscard]] nlohmann::json state() const;
    /// @return InvalidData when a value is missing or none that a scaler can have.
    [[nodiscard]] Result<void> load_state(const nlohmann::json& state);

private:
    GradScalerOptions options_;
    double scale_;
    std::int64_t growth_tracker_ = 0;
    std::int64_t num_skipped_ = 0;
};

} // namespace lyceum::runtime
