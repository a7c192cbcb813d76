#include "core/base/text.h"
#include "core/config/field_table.h"
#include "core/config/new_model_defaults.h"
#include "core/config/run_config.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace lyceum::config {

namespace {

std::string child_path(const std::string& path, const std::string& key)
{
    return path.empty() ? key : path + "." + key;
}

std::string last_key(const std::string& path)
{
    return path.substr(path.rfind('.') + 1);
}

/// Paths of fields and of keys that come later.
std::vector<std::string> all_paths()
{
    std::vector<std::string> paths;
    for (const auto& field : field_table())
        paths.push_back(field.info.path);
    for (const auto& key : later_keys())
        paths.push_back(key.path);
    return paths;
}

/// Keys that may stand in a section ("" for the top level).
std::vector<std::string> keys_of(const std::string& section)
{
    const std::string prefix = section.empty() ? "" : section + ".";
    std::set<std::string> keys;
    for (const auto& path : all_paths()) {
        if (path.starts_with(prefix))
            keys.insert(path.substr(prefix.size(), path.find('.', prefix.size()) - prefix.size()));
    }
    return {keys.begin(), keys.end()};
}

/// Walks a tree and puts its values into a configuration.
class Reader {
public:
    Reader(RunConfig& config, std::vector<Problem>& problems) : config_(config), problems_(problems)
    {
    }

    void read(const std::string& path, const YamlNode& node)
    {
        lines_.emplace(path, node.line);
        const auto& later = later_keys();
        const auto is_path = [&path](const LaterKey& key) { return key.path == path; };
        if (const auto found = std::ranges::find_if(later, is_path); found != later.end())
            return read_later(*found, node);
        const auto* field = find_field(path);
        const bool is_section = path.empty() || !keys_of(path).empty();
        if (field != nullptr && !(is_section && node.kind == YamlNode::Kind::Map))
            return read_field(*field, node);
        if (!is_section)
            return add_unknown(path, node);
        if (field != nullptr) // a group that can be switched off: naming it switches it on
            (void)field->set(config_, scalar(field->group_value));
        read_section(path, node);
    }

    [[nodiscard]] bool has_read(const std::string& path) const { return lines_.contains(path); }

    /// The line of a field, or of the nearest section around it; 0 when the file has none of them.
    [[nodiscard]] int line_of(std::string path) const
    {
        for (;;) {
            if (const auto found = lines_.find(path); found != lines_.end() || path.empty())
                return found == lines_.end() ? 0 : found->second;
            const auto dot = path.rfind('.');
            path = dot == std::string::npos ? "" : path.substr(0, dot);
        }
    }

private:
    void add(const std::string& path, int line, Fault fault)
    {
        problems_.push_back({path, line, std::move(fault.message), std::move(fault.hint)});
    }

    void read_field(const Field& field, const YamlNode& node)
    {
        const bool is_empty = node.kind == YamlNode::Kind::Null;
        if (is_empty && field.info.kind != FieldKind::Toggle)
            return add(field.info.path, node.line,
                       {"has no value.", field.info.default_value.empty()
                                             ? "Give it one, or remove the line."
                                             : "Give it one, or remove the line to get " +
                                                   field.info.default_value + "."});
        if (auto fault = field.set(config_, node))
            add(field.info.path, node.line, std::move(*fault));
    }

    void read_section(const std::string& path, const YamlNode& node)
    {
        if (node.kind == YamlNode::Kind::Null)
            return;
        if (node.kind != YamlNode::Kind::Map)
            return add(path, node.line,
                       {"must be a group of settings, not " + describe(node) + ".",
                        "Its settings are " + join(keys_of(path), ", ") + "."});
        for (const auto& [key, value] : node.entries)
            read(child_path(path, key), value);
    }

    void read_later(const LaterKey& key, const YamlNode& node)
    {
        const bool is_empty_group = node.kind == YamlNode::Kind::Map && node.entries.empty();
        const bool is_plain = node.kind != YamlNode::Kind::Map;
        const auto text = is_plain || is_empty_group ? write_inline(node) : "...";
        if (std::ranges::find(key.accepted, text) != key.accepted.end())
            return;
        const bool has_value = node.kind == YamlNode::Kind::Scalar && !key.accepted.empty();
        add(key.path, node.line,
            has_value ? not_available(node.text, key.hint)
                      : Fault{"is not available in this version.", key.hint});
    }

    void add_unknown(const std::string& path, const YamlNode& node)
    {
        const auto dot = path.rfind('.');
        const auto section = dot == std::string::npos ? "" : path.substr(0, dot);
        const auto key = last_key(path);
        const auto siblings = keys_of(section);
        std::string hint;
        if (const auto near = nearest(key, siblings)) {
            hint = "Did you mean " + child_path(section, *near) + "?";
        } else {
            const auto paths = all_paths();
            const auto same = std::ranges::find_if(
                paths, [&key](const std::string& known) { return last_key(known) == key; });
            if (same != paths.end())
                hint = "Did you mean " + *same + "?";
            else if (const auto near_path = nearest(path, paths))
                hint = "Did you mean " + *near_path + "?";
            else if (!siblings.empty())
                hint = (section.empty() ? "The sections are " : "The settings here are ") +
                       join(siblings, ", ") + ".";
        }
        add(path, node.line, {"is not a setting.", std::move(hint)});
    }

    RunConfig& config_;
    std::vector<Problem>& problems_;
    std::map<std::string, int> lines_;
};

YamlNode wrap(const std::vector<std::string>& keys, YamlNode value)
{
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        YamlNode section;
        section.kind = YamlNode::Kind::Map;
        section.entries.emplace_back(*key, std::move(value));
        value = std::move(section);
    }
    return value;
}

void clear_lines(YamlNode& node)
{
    node.line = 0;
    for (auto& item : node.items)
        clear_lines(item);
    for (auto& [key, value] : node.entries)
        clear_lines(value);
}

/// What depends on whether a setting was written at all, in the file or as an override.
class Written {
public:
    explicit Written(const Reader& reader) : reader_(reader) {}

    void add(std::string_view path)
    {
        for (std::string part(path); !part.empty();) {
            paths_.insert(part);
            const auto dot = part.rfind('.');
            part = dot == std::string::npos ? "" : part.substr(0, dot);
        }
    }

    void settle(RunConfig& config, std::vector<Problem>& problems) const
    {
        const bool from_scratch = config.model.base == "none";
        if (from_scratch && !has("model.method"))
            config.model.method = Method::Full;
        if (from_scratch && !has("optimizer.lr"))
            config.optimizer.lr = kNewModelRate;
        for (const std::string path : {"model.family", "model.config", "model.tokenizer"}) {
            if (from_scratch || !has(path))
                continue;
            problems.push_back(
                {path, reader_.line_of(path),
                 "is for a model from scratch, but model.base is " + config.model.base + ".",
                 "Leave it out, or use model.base: none."});
        }
    }

private:
    [[nodiscard]] bool has(const std::string& path) const
    {
        return reader_.has_read(path) || paths_.contains(path);
    }

    const Reader& reader_;
    std::set<std::string> paths_;
};

void apply(const Override& change, RunConfig& config, std::vector<Problem>& problems)
{
    auto document = read_yaml(change.value);
    for (auto& problem : document.problems)
        problems.push_back({change.field, 0, problem.message, problem.hint});
    if (!document.problems.empty())
        return;
    clear_lines(document.root);
    Reader(config, problems).read("", wrap(split(change.field, '.'), std::move(document.root)));
}

} // namespace

Result<Override> parse_override(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return Error{ErrorCode::InvalidConfig,
                     "\"" + std::string(text) + "\" is not of the form FIELD=VALUE.",
                     "For example: --set trainer.max_steps=50"};
    return Override{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

ParsedConfig parse_yaml(std::string_view yaml, const std::vector<Override>& overrides)
{
    ParsedConfig parsed;
    auto document = read_yaml(yaml);
    parsed.problems = std::move(document.problems);
    Reader reader(parsed.config, parsed.problems);
    if (parsed.problems.empty() || document.root.kind == YamlNode::Kind::Map)
        reader.read("", document.root);
    const bool is_readable = document.root.kind != YamlNode::Kind::Null || parsed.problems.empty();
    Written written(reader);
    for (const auto& change : overrides) {
        apply(change, parsed.config, parsed.problems);
        written.add(change.field);
    }
    written.settle(parsed.config, parsed.problems);
    if (is_readable) { // else every field would be reported as missing
        std::set<std::string> reported;
        for (const auto& problem : parsed.problems)
            reported.insert(problem.field);
        for (auto& problem : validate(parsed.config)) {
            problem.line = reader.line_of(problem.field);
            if (!reported.contains(problem.field))
                parsed.problems.push_back(std::move(problem));
        }
    }
    const auto position = [](const Problem& problem) {
        return problem.line == 0 ? std::numeric_limits<int>::max() : problem.line;
    };
    std::ranges::stable_sort(parsed.problems, {}, position);
    return parsed;
}

} // namespace lyceum::config
