#pragma once

/// @file
/// Builds rows of the field table from a field's description and a way to reach its member:
/// a generic lambda `[](auto& config) -> auto& { return config.optimizer.lr; }`.

#include "core/config/field_values.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace lyceum::config {

using TextCheck = std::optional<Fault> (*)(const std::string&);

template <typename Access>
Field text_field(FieldInfo info, Access access, TextCheck check)
{
    info.kind = FieldKind::Text;
    return {std::move(info), [access](const auto& config) { return quoted_scalar(access(config)); },
            [access](auto& config, const auto& node) { return read_value(node, access(config)); },
            [access, check](const auto& config) {
                const auto& value = access(config);
                auto fault = check_text(value);
                return fault ? fault : check(value);
            }};
}

template <typename Access>
Field integer_field(FieldInfo info, FieldRange range, Access access)
{
    info.kind = FieldKind::Integer;
    info.range = range;
    return {std::move(info),
            [access](const auto& config) { return scalar(std::to_string(access(config))); },
            [access](auto& config, const auto& node) { return read_value(node, access(config)); },
            [access, range](const auto& config) {
                const auto value = access(config);
                return check_range(range, static_cast<double>(value), std::to_string(value));
            }};
}

/// An optional integer: empty is "auto". Values above `available_up_to` exist, but not in this
/// version.
template <typename Access>
Field auto_integer_field(FieldInfo info, FieldRange range, Access access,
                         std::pair<int, std::string> available_up_to)
{
    info.kind = FieldKind::Integer;
    info.range = range;
    info.has_auto = true;
    return {std::move(info),
            [access](const auto& config) {
                const auto& value = access(config);
                return value ? scalar(std::to_string(*value)) : scalar("auto");
            },
            [access](auto& config, const auto& node) -> std::optional<Fault> {
                int value = 0;
                const bool is_auto = node.kind == YamlNode::Kind::Scalar && node.text == "auto";
                if (!is_auto && read_value(node, value))
                    return not_of_kind("a whole number or auto", node);
                access(config) = is_auto ? std::optional<int>() : std::optional(value);
                return std::nullopt;
            },
            [access, range, available_up_to](const auto& config) -> std::optional<Fault> {
                const auto& value = access(config);
                if (!value)
                    return std::nullopt;
                auto fault = check_range(range, *value, std::to_string(*value));
                if (!fault && *value > available_up_to.first)
                    return not_available(std::to_string(*value), available_up_to.second);
                return fault;
            }};
}

template <typename Access>
Field number_field(FieldInfo info, FieldRange range, Access access)
{
    info.kind = FieldKind::Number;
    info.range = range;
    return {std::move(info),
            [access](const auto& config) { return scalar(format_number(access(config))); },
            [access](auto& config, const auto& node) { return read_value(node, access(config)); },
            [access, range](const auto& config) {
                const auto value = access(config);
                return check_range(range, value, format_number(value));
            }};
}

/// An optional number: empty is "auto".
template <typename Access>
Field auto_number_field(FieldInfo info, FieldRange range, Access access)
{
    info.kind = FieldKind::Number;
    info.range = range;
    info.has_auto = true;
    return {std::move(info),
            [access](const auto& config) {
                const auto& value = access(config);
                return scalar(value ? format_number(*value) : "auto");
            },
            [access](auto& config, const auto& node) -> std::optional<Fault> {
                double value = 0;
                const bool is_auto = node.kind == YamlNode::Kind::Scalar && node.text == "auto";
                if (!is_auto && read_value(node, value))
                    return not_of_kind("a number or auto", node);
                access(config) = is_auto ? std::optional<double>() : std::optional(value);
                return std::nullopt;
            },
            [access, range](const auto& config) -> std::optional<Fault> {
                const auto& value = access(config);
                return value ? check_range(range, *value, format_number(*value)) : std::nullopt;
            }};
}

template <typename Access>
Field toggle_field(FieldInfo info, Access access)
{
    info.kind = FieldKind::Toggle;
    return {std::move(info),
            [access](const auto& config) { return scalar(access(config) ? "true" : "false"); },
            [access](auto& config, const auto& node) { return read_value(node, access(config)); },
            [](const auto& /*config*/) { return std::optional<Fault>(); }};
}

/// What a Choice may not be yet.
struct Later {
    std::vector<std::string> values = {};
    std::string hint = {};
};

template <typename Access>
Field choice_field(FieldInfo info, std::vector<FieldChoice> choices, Later later, Access access)
{
    info.kind = FieldKind::Choice;
    info.choices = choices;
    return {std::move(info), [access](const auto& config) { return quoted_scalar(access(config)); },
            [access, later](auto& config, const auto& node) {
                if (node.kind == YamlNode::Kind::Map && !later.values.empty())
                    return std::optional(not_available("a group of settings", later.hint));
                return read_value(node, access(config));
            },
            [access, choices, later](const auto& config) {
                return check_choice(choices, later.values, later.hint, access(config));
            }};
}

/// A Choice whose member is an enum with the values 0, 1, ... in the order of `choices`.
template <typename Access>
Field enum_field(FieldInfo info, std::vector<FieldChoice> choices, Later later, Access access)
{
    info.kind = FieldKind::Choice;
    info.choices = choices;
    return {std::move(info),
            [access, choices](const auto& config) {
                return scalar(choices.at(static_cast<std::size_t>(access(config))).value);
            },
            [access, choices, later](auto& config, const auto& node) {
                std::string value;
                if (auto fault = read_value(node, value))
                    return fault;
                if (auto fault = check_choice(choices, later.values, later.hint, value))
                    return fault;
                using Enum = std::decay_t<decltype(access(config))>;
                for (std::size_t i = 0; i < choices.size(); ++i) {
                    if (choices[i].value == value)
                        access(config) = static_cast<Enum>(i);
                }
                return std::optional<Fault>();
            },
            [](const auto& /*config*/) { return std::optional<Fault>(); }};
}

} // namespace lyceum::config
