#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::config {

/// How often something is looked at, as Lightning's val_check_interval: a whole number of optimizer
/// steps (50), a share of an epoch (0.25; 1.0 is once an epoch), or a time (10min).
struct CheckInterval {
    enum class Unit : std::uint8_t { Steps, Epochs, Minutes };

    CheckInterval(std::int64_t steps) : value(static_cast<double>(steps)) {} // as YAML says it
    CheckInterval(double amount, Unit kind) : value(amount), unit(kind) {}

    double value; ///< Of the unit; above 0.
    Unit unit = Unit::Steps;
    friend bool operator==(const CheckInterval&, const CheckInterval&) = default;
};

/// "50", "0.25", "10min", "2h", "30s". Empty: none of these. Its range is not checked.
[[nodiscard]] std::optional<CheckInterval> parse_check_interval(std::string_view text);
/// As parse_check_interval reads it; a time in minutes.
[[nodiscard]] std::string to_string(const CheckInterval& interval);

} // namespace lyceum::config
