#include "core/train/early_stopping.h"

#include "core/formats/json.h"
#include "core/train/trainer.h"

namespace lyceum::train {

EarlyStopping::EarlyStopping(const config::EarlyStoppingConfig& options) : options_(options) {}

Result<void> EarlyStopping::on_validation_end(Trainer& trainer, const ValidationReport& report)
{
    if (!best_ || report.loss < *best_ - options_.min_delta) {
        best_ = report.loss;
        without_gain_ = 0;
        return {};
    }
    if (++without_gain_ < options_.patience)
        return {};
    trainer.request_stop(StopReason::EarlyStopping);
    return trainer.report("stopped", std::to_string(without_gain_) +
                                         " validations in a row brought no gain: training ends "
                                         "early, as callbacks.early_stopping asks.");
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
