// The metrics that callbacks log and read.
#include "core/train/trainer.h"

#include <cmath>
#include <utility>

namespace lyceum::train {

void Trainer::log(std::string name, double value, Cadence cadence)
{
    latest_[name] = {value, progress_.step};
    if (!std::isfinite(value)) // no curve holds it; the guards tell of it
        return;
    const auto every = config_.trainer.log_every_n_steps;
    const bool is_due = progress_.step <= 1 || progress_.step % every == 0 ||
                        progress_.step == progress_.total_steps;
    if (cadence == Cadence::Always || is_due)
        metrics_.push_back({.step = progress_.step, .name = std::move(name), .value = value});
}

std::vector<store::Metric> Trainer::take_metrics()
{
    return std::exchange(metrics_, {});
}

std::optional<double> Trainer::latest(std::string_view name) const
{
    const auto found = latest_.find(name);
    return found == latest_.end() ? std::nullopt : std::optional(found->second.first);
}

std::optional<double> Trainer::current(std::string_view name) const
{
    const auto found = latest_.find(name);
    const bool is_new = found != latest_.end() && found->second.second == progress_.step;
    return is_new ? std::optional(found->second.first) : std::nullopt;
}

std::vector<std::string> Trainer::metric_names() const
{
    std::vector<std::string> names;
    for (const auto& [name, logged] : latest_)
        names.push_back(name);
    return names;
}

} // namespace lyceum::train
