#include "core/config/field_table.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/config/field_sections.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace lyceum::config {

namespace {

std::string escape_item(const std::string& item)
{
    std::string escaped;
    for (const char character : item) {
        if (character == '\\')
            escaped += "\\\\";
        else if (character == '\n')
            escaped += "\\n";
        else
            escaped += character;
    }
    return escaped;
}

std::string unescape_item(std::string_view line)
{
    std::string item;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const bool is_escape =
            line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == 'n' || line[i + 1] == '\\');
        if (is_escape)
            ++i;
        item += is_escape && line[i] == 'n' ? '\n' : line[i];
    }
    return item;
}

std::string trim(std::string_view text)
{
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

/// What is no mapping stays a text, which the field then refuses.
YamlNode mapping_of(std::string_view text)
{
    auto document = read_yaml(text);
    if (!document.problems.empty())
        return quoted_scalar(std::string(text));
    if (document.root.kind == YamlNode::Kind::Null)
        document.root.kind = YamlNode::Kind::Map;
    return std::move(document.root);
}

std::string lines_of(const YamlNode& mapping)
{
    std::vector<std::string> lines;
    for (const auto& [key, value] : mapping.entries)
        lines.push_back(write_inline(quoted_scalar(key)) + ": " + write_inline(value));
    return join(lines, "\n");
}

/// What `set_field` reads: the node that YAML would give for the text of a form.
YamlNode node_of(const FieldInfo& info, std::string_view text)
{
    const auto trimmed = trim(text);
    YamlNode list;
    list.kind = YamlNode::Kind::Sequence;
    switch (info.kind) {
    case FieldKind::Text:
    case FieldKind::Choice:
        return quoted_scalar(trimmed);
    case FieldKind::Integer:
    case FieldKind::Number:
    case FieldKind::Toggle:
        return scalar(trimmed);
    case FieldKind::TextList:
    case FieldKind::Choices:
        if (info.has_auto && (trimmed.empty() || trimmed == "auto"))
            return scalar("auto");
        for (const auto& line : split(text, '\n')) {
            if (!trim(line).empty())
                list.items.push_back(quoted_scalar(unescape_item(line)));
        }
        return list;
    case FieldKind::NumberPair:
        if (info.has_auto && (trimmed.empty() || trimmed == "auto"))
            return scalar("auto");
        for (const auto& item : split(trimmed, ','))
            list.items.push_back(scalar(trim(item)));
        return list;
    case FieldKind::Mapping:
        return mapping_of(text);
    }
    return list;
}

std::string text_of(const FieldInfo& info, const YamlNode& node)
{
    if (node.kind == YamlNode::Kind::Scalar)
        return node.text;
    if (info.kind == FieldKind::Mapping)
        return lines_of(node);
    std::vector<std::string> items;
    const bool is_list = info.kind == FieldKind::TextList || info.kind == FieldKind::Choices;
    for (const auto& item : node.items) {
        const auto text = item.kind == YamlNode::Kind::Map ? write_inline(item) : item.text;
        items.push_back(is_list ? escape_item(text) : text);
    }
    return join(items, is_list ? "\n" : ", ");
}

Table make_table()
{
    Table table;
    add_run_fields(table);
    add_model_fields(table);
    add_new_model_fields(table);
    add_task_and_data_fields(table);
    add_trainer_fields(table);
    add_optimizer_fields(table);
    add_checkpoint_fields(table);
    add_callback_fields(table);
    add_sample_fields(table);
    add_tracker_fields(table);
    const RunConfig defaults;
    for (auto& field : table)
        field.info.default_value = text_of(field.info, field.get(defaults));
    return table;
}

std::vector<FieldInfo> make_infos()
{
    std::vector<FieldInfo> infos;
    for (const auto& field : field_table())
        infos.push_back(field.info);
    return infos;
}

const Field& known_field(std::string_view path)
{
    const auto* field = find_field(path);
    LYCEUM_CHECK(field != nullptr, std::string("no configuration field ") + std::string(path));
    return *field;
}

} // namespace

const std::vector<Field>& field_table()
{
    static const Table kTable = make_table();
    return kTable;
}

const Field* find_field(std::string_view path)
{
    const auto& table = field_table();
    const auto found =
        std::ranges::find_if(table, [path](const Field& field) { return field.info.path == path; });
    return found == table.end() ? nullptr : &*found;
}

const std::vector<FieldInfo>& fields()
{
    static const std::vector<FieldInfo> kInfos = make_infos();
    return kInfos;
}

bool is_group(const Field& field)
{
    const auto prefix = field.info.path + ".";
    return std::ranges::any_of(field_table(), [&prefix](const Field& other) {
        return other.info.path.starts_with(prefix);
    });
}

bool is_in_force(const RunConfig& config, std::string_view path)
{
    const auto& info = known_field(path).info;
    return info.enabled_by.empty() || (get_field(config, info.enabled_by) == info.enabled_when &&
                                       is_in_force(config, info.enabled_by));
}

std::string get_field(const RunConfig& config, std::string_view path)
{
    const auto& field = known_field(path);
    return text_of(field.info, field.get(config));
}

bool is_used(const RunConfig& config, const FieldInfo& info)
{
    const auto& use = info.used_with;
    return use.path.empty() ||
           std::ranges::find(use.values, get_field(config, use.path)) != use.values.end();
}

void reset_unused_fields(RunConfig& config, std::string_view path)
{
    for (const auto& field : field_table())
        if (field.info.used_with.path == path && !is_used(config, field.info))
            (void)field.set(config, node_of(field.info, field.info.default_value));
}

std::optional<Problem> set_field(RunConfig& config, std::string_view path, std::string_view text)
{
    const auto& field = known_field(path);
    RunConfig changed = config;
    if (field.clear)
        field.clear(changed);
    if (auto fault = field.set(changed, node_of(field.info, text)))
        return Problem{field.info.path, 0, std::move(fault->message), std::move(fault->hint)};
    config = std::move(changed);
    return std::nullopt;
}

} // namespace lyceum::config
