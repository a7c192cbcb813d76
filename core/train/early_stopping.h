#pragma once

#include "core/config/run_config.h"
#include "core/train/callback.h"

#include <optional>

namespace lyceum::train {

/// Stops when `patience` validations in a row gained less than `min_delta` by the monitored metric,
/// and at once when it is no number or beyond `divergence_threshold`.
class EarlyStopping final : public Callback {
public:
    explicit EarlyStopping(const config::EarlyStoppingConfig& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "early_stopping"; }
    /// @return InvalidConfig naming the metrics there are, when the monitored one is not logged.
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    [[nodiscard]] nlohmann::json state() const override;
    Result<void> load_state(const nlohmann::json& state) override;

private:
    Result<void> stop(Trainer& trainer, const std::string& why);

    config::EarlyStoppingConfig options_;
    std::optional<double> best_;
    int without_gain_ = 0;
};

/// @param field Of the configuration, for messages. @return InvalidConfig naming the metrics that
/// the run logs, when `monitor` is none of them and cannot come any more.
[[nodiscard]] Result<void> check_monitor(const Trainer& trainer, const ValidationReport& report,
                                         const std::string& field, const std::string& monitor);

} // namespace lyceum::train
