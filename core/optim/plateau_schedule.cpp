#include "core/optim/plateau_schedule.h"

#include "core/formats/json.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace lyceum::optim {

PlateauSchedule::PlateauSchedule(const ScheduleOptions& warmup,
                                 const config::PlateauConfig& options)
    : warmup_(warmup), options_(options)
{
}

double PlateauSchedule::learning_rate(std::int64_t step) const
{
    auto now = warmup_;
    now.kind = config::Schedule::Constant;
    now.peak *= share_;
    return optim::learning_rate(now, step);
}

std::optional<std::string> PlateauSchedule::on_validation(double loss)
{
    constexpr double kSmallestChange = 1.0e-8;
    if (!best_ || loss < *best_ * (1.0 - options_.threshold)) {
        best_ = loss;
        without_gain_ = 0;
        return std::nullopt;
    }
    if (++without_gain_ <= options_.patience)
        return std::nullopt;
    const auto waited = std::exchange(without_gain_, 0);
    const double lower = std::max(share_ * options_.factor, warmup_.min_lr_ratio);
    const double peak = warmup_.peak;
    if (peak * (share_ - lower) <= kSmallestChange)
        return std::nullopt;
    char text[160];
    std::snprintf(text, sizeof text,
                  "%lld validations in a row brought no gain: the learning rate goes from %.3g "
                  "to %.3g.",
                  static_cast<long long>(waited), peak * share_, peak * lower);
    share_ = lower;
    return text;
}

nlohmann::json PlateauSchedule::state() const
{
    nlohmann::json state = {{"share", share_}, {"without_gain", without_gain_}};
    if (best_)
        state["best"] = *best_;
    return state;
}

Result<void> PlateauSchedule::load_state(const nlohmann::json& state)
{
    const formats::JsonObject object(state, "trainer_state.json: schedule");
    LYCEUM_ASSIGN(without_gain_, object.integer("without_gain"));
    LYCEUM_ASSIGN(share_, object.number_or("share", 1.0));
    best_.reset();
    if (object.find("best") != nullptr) {
        LYCEUM_ASSIGN(best_, object.number_or("best", 0.0));
    }
    return {};
}

} // namespace lyceum::optim
