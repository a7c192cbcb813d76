#pragma once

/// @file
/// Every field of a run configuration by its path, for forms: the table that YAML is read and
/// written with, so that a form and a file are one draft.

#include "core/config/run_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::config {

enum class FieldKind : std::uint8_t {
    Text,
    Integer,
    Number,
    Toggle,     ///< "true" or "false"
    Choice,     ///< One of `choices`.
    TextList,   ///< One item a line; a line break inside an item is `\n`, a backslash `\\`.
    Choices,    ///< Any of `choices`, one a line; a choice with options: "{name: {option: value}}".
    NumberPair, ///< "0.9, 0.95"
    Mapping,    ///< "key: value" a line; a value may be a list or a group in one line, as YAML.
};

struct FieldChoice {
    std::string value;
    std::string label;
};

struct FieldRange {
    double minimum = 0;
    double maximum = 0;
    bool minimum_is_allowed = true;
    bool maximum_is_allowed = true;
};

/// A field that matters only while another has one of these values.
struct FieldUse {
    std::string path;
    std::vector<std::string> values;
};

struct FieldInfo {
    std::string path;  ///< "optimizer.lr"
    std::string label; ///< "Learning rate"
    std::string help;  ///< One plain sentence.
    FieldKind kind = FieldKind::Text;
    std::string default_value = {}; ///< As `get_field` says it.
    std::optional<FieldRange> range = {};
    std::vector<FieldChoice> choices =
        {};                     ///< Of a TextList: what its items may be; empty: anything.
    bool has_auto = false;      ///< "auto" (of a list: no items) is a value.
    std::string minus_one = {}; ///< What -1 means, in a word: "no limit"; empty: a number like any.
    std::string enabled_by =
        {}; ///< Path of the field that puts this one in force; empty: always in force.
    std::string enabled_when = "true"; ///< The value of `enabled_by` that does.
    FieldUse used_with = {};           ///< Without a path: always used.
};

/// In the order of DESIGN section 4, which is the order `to_yaml` writes them in.
[[nodiscard]] const std::vector<FieldInfo>& fields();

/// The field's value as text (see FieldKind). A part of a switched-off group gives its default.
/// `path` is one of `fields()`.
[[nodiscard]] std::string get_field(const RunConfig& config, std::string_view path);

/// Whether the field counts: what it is enabled by has the value that does, and so on.
[[nodiscard]] bool is_in_force(const RunConfig& config, std::string_view path);

/// Whether the field changes anything in this configuration. `validate` refuses one that does not
/// and is set.
[[nodiscard]] bool is_used(const RunConfig& config, const FieldInfo& info);
/// Puts every field that the choice `path` has made useless back to its default, as a form does
/// when fields vanish.
void reset_unused_fields(RunConfig& config, std::string_view path);

/// Sets a field from text as a person types it. Setting a part of a switched-off group switches it
/// on.
/// @return The problem when the text is not a value of the field's kind, which keeps its value
/// then. Ranges are `validate`'s.
[[nodiscard]] std::optional<Problem> set_field(RunConfig& config, std::string_view path,
                                               std::string_view text);

} // namespace lyceum::config
