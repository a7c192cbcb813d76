#include "core/config/field_values.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lyceum::config {

namespace {

std::string describe_range(const FieldRange& range)
{
    const auto plain = [](double value) {
        auto text = format_number(value);
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
    };
    const auto low = plain(range.minimum);
    if (std::isinf(range.maximum))
        return (range.minimum_is_allowed ? "at least " : "above ") + low;
    if (range.minimum_is_allowed && range.maximum_is_allowed)
        return "between " + low + " and " + plain(range.maximum);
    return (range.minimum_is_allowed ? "at least " : "above ") + low +
           (range.maximum_is_allowed ? " and at most " : " and below ") + plain(range.maximum);
}

} // namespace

Fault not_of_kind(std::string_view wanted, const YamlNode& node)
{
    return {"must be " + std::string(wanted) + ", not " + describe(node) + ".", ""};
}

Fault not_a_whole_number(const YamlNode& node)
{
    return not_of_kind("a whole number", node);
}

std::optional<Fault> read_value(const YamlNode& node, double& value)
{
    if (node.kind != YamlNode::Kind::Scalar || node.is_quoted)
        return not_of_kind("a number", node);
    double parsed = 0;
    const auto* end = node.text.data() + node.text.size();
    const auto [stop, status] = std::from_chars(node.text.data(), end, parsed);
    if (status != std::errc() || stop != end || !std::isfinite(parsed))
        return not_of_kind("a number", node);
    value = parsed;
    return std::nullopt;
}

std::optional<Fault> read_value(const YamlNode& node, bool& value)
{
    const bool is_plain = node.kind == YamlNode::Kind::Scalar && !node.is_quoted;
    if (is_plain && (node.text == "true" || node.text == "True" || node.text == "TRUE"))
        value = true;
    else if (is_plain && (node.text == "false" || node.text == "False" || node.text == "FALSE"))
        value = false;
    else
        return not_of_kind("true or false", node);
    return std::nullopt;
}

std::optional<Fault> read_value(const YamlNode& node, std::string& value)
{
    if (node.kind != YamlNode::Kind::Scalar)
        return not_of_kind("a text", node);
    value = node.text;
    return std::nullopt;
}

std::optional<Fault> read_value(const YamlNode& node, std::vector<std::string>& value)
{
    if (node.kind != YamlNode::Kind::Sequence)
        return Fault{"must be a list, not " + describe(node) + ".", "Write it as [one, two]."};
    std::vector<std::string> items;
    for (const auto& item : node.items) {
        if (item.kind != YamlNode::Kind::Scalar)
            return Fault{"must be a list of texts; one item is " + describe(item) + ".", ""};
        items.push_back(item.text);
    }
    value = std::move(items);
    return std::nullopt;
}

std::string format_number(double value)
{
    std::array<char, 32> buffer = {};
    const auto size =
        std::abs(value) >= 1e-4 && std::abs(value) < 1e7
            ? std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed)
            : std::to_chars(buffer.begin(), buffer.end(), value);
    std::string text(buffer.begin(), size.ptr);
    if (text.find_first_not_of("-0123456789") == std::string::npos)
        return text + ".0";
    const auto exponent = text.find('e');
    if (exponent != std::string::npos) { // 1e-08: some readers want a point before the exponent
        const auto power = std::stoi(text.substr(exponent + 1));
        auto digits = text.substr(0, exponent);
        if (digits.find('.') == std::string::npos)
            digits += ".0";
        text = digits + "e" + (power < 0 ? "" : "+") + std::to_string(power);
    }
    return text;
}

std::optional<Fault> check_range(const std::optional<FieldRange>& range, double value,
                                 const std::string& text)
{
    if (!range)
        return std::nullopt;
    const bool above = range->minimum_is_allowed ? value >= range->minimum : value > range->minimum;
    const bool below = range->maximum_is_allowed ? value <= range->maximum : value < range->maximum;
    if (above && below) // false for not-a-number
        return std::nullopt;
    return Fault{"must be " + describe_range(*range) + ", not " + text + ".", ""};
}

Fault not_available(const std::string& value, std::string hint)
{
    return {"\"" + value + "\" is not available in this version.", std::move(hint)};
}

std::optional<Fault> check_choice(const std::vector<FieldChoice>& choices,
                                  const std::vector<std::string>& later,
                                  const std::string& later_hint, const std::string& value)
{
    std::vector<std::string> names;
    for (const auto& choice : choices)
        names.push_back(choice.value);
    if (choices.empty() || std::ranges::find(names, value) != names.end())
        return std::nullopt;
    if (std::ranges::find(later, value) != later.end())
        return not_available(value, later_hint);
    const auto near = nearest(value, names);
    return Fault{"must be " + std::string(names.size() > 1 ? "one of " : "") + join(names, ", ") +
                     ", not " + describe(scalar(value)) + ".",
                 near ? "Did you mean " + *near + "?" : ""};
}

std::optional<Fault> check_text(const std::string& value)
{
    if (find_invalid_utf8(value))
        return Fault{"is not UTF-8 text.", "Type it again."};
    if (value.find('\0') != std::string::npos)
        return Fault{"holds a zero byte.", "Type it again."};
    return std::nullopt;
}

} // namespace lyceum::config
