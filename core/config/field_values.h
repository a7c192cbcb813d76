#pragma once

/// @file
/// One value of a field: from YAML and back, and whether it is in range.

#include "core/config/field_table.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace lyceum::config {

/// Each sets `value`, or returns why the node is not one, leaving `value` as it was.
[[nodiscard]] std::optional<Fault> read_value(const YamlNode& node, double& value);
[[nodiscard]] std::optional<Fault> read_value(const YamlNode& node, bool& value);
[[nodiscard]] std::optional<Fault> read_value(const YamlNode& node, std::string& value);
[[nodiscard]] std::optional<Fault> read_value(const YamlNode& node,
                                              std::vector<std::string>& value);

[[nodiscard]] Fault not_a_whole_number(const YamlNode& node);
[[nodiscard]] Fault not_of_kind(std::string_view wanted, const YamlNode& node);

template <typename Integer>
requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
    [[nodiscard]] std::optional<Fault> read_value(const YamlNode& node, Integer& value)
{
    if (node.kind != YamlNode::Kind::Scalar || node.is_quoted)
        return not_a_whole_number(node);
    Integer parsed = 0;
    const auto* end = node.text.data() + node.text.size();
    const auto [stop, status] = std::from_chars(node.text.data(), end, parsed);
    if (status == std::errc::result_out_of_range && stop == end)
        return Fault{describe(node) + " is too large a number.", ""};
    if (status != std::errc() || stop != end)
        return not_a_whole_number(node);
    value = parsed;
    return std::nullopt;
}

/// The shortest text that reads back equal, and that every YAML reader takes for a number with a
/// point: "0.0002", "1.0e-8", "32.0".
[[nodiscard]] std::string format_number(double value);

[[nodiscard]] std::optional<Fault> check_range(const std::optional<FieldRange>& range, double value,
                                               const std::string& text);
/// `later` are values the design knows; they are refused as not available, with `later_hint`.
[[nodiscard]] std::optional<Fault> check_choice(const std::vector<FieldChoice>& choices,
                                                const std::vector<std::string>& later,
                                                const std::string& later_hint,
                                                const std::string& value);
[[nodiscard]] std::optional<Fault> check_text(const std::string& value);

} // namespace lyceum::config
