#include "core/config/check_interval.h"

#include "core/config/field_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

namespace lyceum::config {

namespace {

std::optional<double> read_number(std::string_view text)
{
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    const bool is_number = status == std::errc() && stop == end && std::isfinite(value);
    return is_number ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<CheckInterval> parse_check_interval(std::string_view text)
{
    using Unit = CheckInterval::Unit;
    constexpr std::array<std::pair<std::string_view, double>, 3> kTimes = {
        {{"min", 1.0}, {"h", 60.0}, {"s", 1.0 / 60.0}}};
    for (const auto& [suffix, minutes] : kTimes) {
        if (!text.ends_with(suffix))
            continue;
        const auto number = read_number(text.substr(0, text.size() - suffix.size()));
        return number ? std::optional(CheckInterval(*number * minutes, Unit::Minutes))
                      : std::nullopt;
    }
    const auto number = read_number(text);
    if (!number)
        return std::nullopt;
    const bool is_whole = text.find_first_of(".eE") == std::string_view::npos;
    return CheckInterval(*number, is_whole ? Unit::Steps : Unit::Epochs);
}

std::string to_string(const CheckInterval& interval)
{
    auto text = format_number(interval.value); // a number with a point
    if (interval.unit == CheckInterval::Unit::Epochs)
        return text;
    if (text.ends_with(".0"))
        text.resize(text.size() - 2);
    return interval.unit == CheckInterval::Unit::Minutes ? text + "min" : text;
}

} // namespace lyceum::config
