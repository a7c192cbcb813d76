#pragma once

/// @file
/// The one table of all fields: how each is read, written and checked.

#include "core/config/fields.h"
#include "core/config/yaml_tree.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::config {

/// What is wrong with a value, without saying of which field.
struct Fault {
    std::string message;
    std::string hint;
};

struct Field {
    FieldInfo info;
    std::function<YamlNode(const RunConfig&)> get;
    /// Sets the value, or says why the node is none of the field's kind.
    std::function<std::optional<Fault>(RunConfig&, const YamlNode&)> set;
    /// What is wrong with a value of the right kind.
    std::function<std::optional<Fault>(const RunConfig&)> check;
    /// Before a form's text takes effect: of a mapping, where YAML adds to what is there.
    std::function<void(RunConfig&)> clear = {};
    /// Of a field that is the name of a group as well: what naming the group sets it to.
    std::string group_value = "true";
};

/// In the order of DESIGN section 4.
[[nodiscard]] const std::vector<Field>& field_table();

/// @return nullptr when there is none.
[[nodiscard]] const Field* find_field(std::string_view path);

/// A key that the design knows and this version cannot serve. A value that changes nothing is
/// accepted.
struct LaterKey {
    std::string path;
    std::vector<std::string> accepted; ///< As `write_inline` writes them.
    std::string hint;
};
[[nodiscard]] const std::vector<LaterKey>& later_keys();

/// Whether other fields lie below it: "callbacks.early_stopping".
[[nodiscard]] bool is_group(const Field& field);

[[nodiscard]] Fault not_available(const std::string& value, std::string hint);

} // namespace lyceum::config
