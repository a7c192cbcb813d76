#include "core/train/early_stopping.h"

#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/train/trainer.h"

#include <cmath>

namespace lyceum::train {

EarlyStopping::EarlyStopping(const config::EarlyStoppingConfig& options) : options_(options) {}

Result<void> EarlyStopping::on_validation_end(Trainer& trainer, const ValidationReport& report)
{
    LYCEUM_TRY(
        check_monitor(trainer, report, "callbacks.early_stopping.monitor", options_.monitor));
    const auto value = trainer.current(options_.monitor);
    if (!value)
        return {};
    const double sign = options_.mode == config::MonitorMode::Min ? 1.0 : -1.0;
    const auto what = options_.monitor + " is " + std::to_string(*value);
    if (!std::isfinite(*value))
        return options_.check_finite ? stop(trainer, what + ", which is no number")
                                     : Result<void>();
    if (options_.divergence_threshold > 0 && sign * (*value - options_.divergence_threshold) > 0)
        return stop(trainer, what + ", worse than divergence_threshold = " +
                                 std::to_string(options_.divergence_threshold));
    if (!best_ || sign * *value < sign * *best_ - options_.min_delta) {
        best_ = *value;
        without_gain_ = 0;
        return {};
    }
    if (++without_gain_ < options_.patience)
        return {};
    return stop(trainer, std::to_string(without_gain_) + " validations in a row brought no gain");
}

Result<void> EarlyStopping::stop(Trainer& trainer, const std::string& why)
{
    trainer.request_stop(StopReason::EarlyStopping);
    return trainer.report("stopped",
                          why + ": training ends early, as callbacks.early_stopping asks.");
}

Result<void> check_monitor(const Trainer& trainer, const ValidationReport& report,
                           const std::string& field, const std::string& monitor)
{
    // What training logs is not known before the first step.
    const bool may_come = report.step == 0 && !monitor.starts_with("val_");
    if (may_come || trainer.latest(monitor))
        return {};
    const auto names = trainer.metric_names();
    const auto near = nearest(monitor, names);
    return Error{ErrorCode::InvalidConfig,
                 field + ": the run logs no metric \"" + monitor + "\". It logs " +
                     join(names, ", ") + ".",
                 near ? "Did you mean " + *near + "?" : "Choose one of them."};
}

nlohmann::json EarlyStopping::state() const
{
    nlohmann::json state = {{"without_gain", without_gain_}};
    if (best_)
        state["best"] = *best_;
    return state;
}

Result<void> EarlyStopping::load_state(const nlohmann::json& state)
{
    const formats::JsonObject object(state, "trainer_state.json: early_stopping");
    LYCEUM_ASSIGN(const std::int64_t without_gain, object.integer("without_gain"));
    without_gain_ = static_cast<int>(without_gain);
    if (object.find("best") != nullptr) {
        LYCEUM_ASSIGN(best_, object.number_or("best", 0.0));
    }
    return {};
}

} // namespace lyceum::train
