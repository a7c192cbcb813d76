#pragma once

#include "core/optim/schedule.h"

namespace lyceum::optim {

/// Warm-up, then the peak, lowered by a factor whenever more than `patience` validations in a row
/// brought no gain; never below min_lr_ratio of the peak. Decides as
/// `torch.optim.lr_scheduler.ReduceLROnPlateau` (mode min, threshold_mode rel, cooldown 0).
class PlateauSchedule final : public Schedule {
public:
    PlateauSchedule(const ScheduleOptions& warmup, const config::PlateauConfig& options);

    [[nodiscard]] double learning_rate(std::int64_t step) const override;
    std::optional<std::string> on_validation(double loss) override;
    [[nodiscard]] bool needs_validation() const override { return true; }
    [[nodiscard]] nlohmann::json state() const override;
    [[nodiscard]] Result<void> load_state(const nlohmann::json& state) override;

private:
    ScheduleOptions warmup_;
    config::PlateauConfig options_;
    double share_ = 1.0; ///< Of the peak, after the warm-up.
    std::optional<double> best_;
    std::int64_t without_gain_ = 0;
};

} // namespace lyceum::optim
