#include "core/config/optimizer_config.h"

#include <cmath>

namespace lyceum::config {

StepCount StepCount::share(double percent_of_all)
{
    StepCount count;
    count.percent = percent_of_all;
    return count;
}

std::int64_t StepCount::of(std::int64_t total_steps) const
{
    if (percent <= 0.0)
        return steps;
    return static_cast<std::int64_t>(std::ceil(percent * static_cast<double>(total_steps) / 100.0));
}

std::optional<std::array<double, 2>> default_betas(const std::string& optimizer)
{
    if (optimizer == "adamw" || optimizer == "muon")
        return std::array{0.9, 0.95};
    if (optimizer == "lion")
        return std::array{0.9, 0.99};
    return std::nullopt;
}

std::optional<double> default_momentum(const std::string& optimizer)
{
    if (optimizer == "sgd")
        return 0.9;
    if (optimizer == "muon")
        return 0.95;
    return std::nullopt;
}

OptimizerConfig resolved(OptimizerConfig config)
{
    if (!config.betas)
        config.betas = default_betas(config.name);
    if (!config.momentum)
        config.momentum = default_momentum(config.name);
    return config;
}

double state_bytes_per_parameter(const OptimizerConfig& config)
{
    constexpr double kPacked = 1.0 + 4.0 / 256.0; // a code, and its part of the block's scale
    const double moment = config.state_bits == StateBits::Bits8 ? kPacked : 4.0;
    if (config.name == "sgd")
        return resolved(config).momentum == 0.0 ? 0.0 : 4.0;
    if (config.name == "lion")
        return moment;
    if (config.name == "adafactor")
        return 0.5;      // a row and a column of each matrix, at the rank of a small LoRA
    return 2.0 * moment; // AdamW; Muon keeps less
}

} // namespace lyceum::config
