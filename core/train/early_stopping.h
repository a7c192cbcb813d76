#pragma once

#include "core/config/run_config.h"
#include "core/train/callback.h"

#include <optional>

namespace lyceum::train {

/// Stops when `patience` validations in a row gained less than `min_delta`.
class EarlyStopping final : public Callback {
public:
    explicit EarlyStopping(const config::EarlyStoppingConfig& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "early_stopping"; }
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    [[nodiscard]] nlohmann::json state() const override;
    Result<void> load_state(const nlohmann::json& state) override;

private:
    config::EarlyStoppingConfig options_;
    std::optional<double> best_;
    int without_gain_ = 0;
};

} // namespace lyceum::train
