#include "core/runtime/grad_scaler.h"

#include <cmath>

namespace lyceum::runtime {

void GradScaler::update(bool has_overflowed)
{
    if (has_overflowed) {
        scale_ *= options_.backoff_factor;
        growth_tracker_ = 0;
        ++num_skipped_;
        return;
    }
    if (++growth_tracker_ < options_.growth_interval)
        return;
    growth_tracker_ = 0;
    // As torch: float32 is what the scale multiplies.
    if (std::isfinite(static_cast<float>(scale_ * options_.growth_factor)))
        scale_ *= options_.growth_factor;
}

nlohmann::json GradScaler::state() const
{
    return {{"scale", scale_}, {"growth_tracker", growth_tracker_}, {"num_skipped", num_skipped_}};
}

Result<void> GradScaler::load_state(const nlohmann::json& state)
{
    const auto number = [&state](const char* key) {
        const auto found = state.find(key);
        return state.is_object() && found != state.end() && found->is_number()
                   ? found->get<double>()
                   : -1.0;
    };
    const double scale = number("scale");
    const double tracker = number("growth_tracker");
    const double skipped = number("num_skipped");
    if (!(scale > 0.0) || tracker < 0.0 || skipped < 0.0)
        return Error{ErrorCode::InvalidData,
                     "The checkpoint's loss scale is damaged: " + state.dump() + ".",
                     "Resume from another checkpoint."};
    scale_ = scale;
    growth_tracker_ = static_cast<std::int64_t>(tracker);
    num_skipped_ = static_cast<std::int64_t>(skipped);
    return {};
}

} // namespace lyceum::runtime
