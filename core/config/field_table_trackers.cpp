// The field table: who else is told about a run.

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/config/field_sections.h"
#include "core/config/trackers.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace lyceum::config {

namespace {

constexpr std::size_t kLongestOption = 2048;

const TrackerKind* find_kind(std::string_view name)
{
    const auto& kinds = tracker_kinds();
    const auto found = std::ranges::find(kinds, name, &TrackerKind::name);
    return found == kinds.end() ? nullptr : &*found;
}

std::vector<std::string> kind_names()
{
    std::vector<std::string> names;
    for (const auto& kind : tracker_kinds())
        names.push_back(kind.name);
    return names;
}

YamlNode to_node(const TrackerConfig& tracker)
{
    if (tracker.options.empty())
        return quoted_scalar(tracker.name);
    YamlNode options;
    options.kind = YamlNode::Kind::Map;
    for (const auto& [key, value] : tracker.options) {
        const bool is_count = !value.empty() && std::ranges::all_of(value, [](char c) {
            return c >= '0' && c <= '9';
        });
        options.entries.emplace_back(key, is_count ? scalar(value) : quoted_scalar(value));
    }
    YamlNode node;
    node.kind = YamlNode::Kind::Map;
    node.entries.emplace_back(tracker.name, std::move(options));
    return node;
}

std::optional<Fault> not_a_tracker(const YamlNode& node)
{
    return Fault{"must be a list of trackers; one item is " + describe(node) + ".",
                 "Write it as [csv, {tensorboard: {histograms_every_n_steps: 100}}]."};
}

std::optional<Fault> read_tracker(const YamlNode& node, TrackerConfig& tracker)
{
    if (node.kind == YamlNode::Kind::Scalar && node.text.starts_with('{')) { // from a form
        const auto document = read_yaml(node.text);
        if (!document.problems.empty() || document.root.kind != YamlNode::Kind::Map)
            return not_a_tracker(node);
        return read_tracker(document.root, tracker);
    }
    if (node.kind == YamlNode::Kind::Scalar) {
        tracker.name = node.text;
        return std::nullopt;
    }
    if (node.kind != YamlNode::Kind::Map || node.entries.size() != 1)
        return not_a_tracker(node);
    const auto& [name, options] = node.entries.front();
    tracker.name = name;
    if (options.kind == YamlNode::Kind::Null)
        return std::nullopt;
    if (options.kind != YamlNode::Kind::Map)
        return not_a_tracker(node);
    for (const auto& [key, value] : options.entries) {
        if (value.kind != YamlNode::Kind::Scalar)
            return Fault{"gives " + name + " the option " + key + " as " + describe(value) +
                             "; it must be a text or a number.",
                         ""};
        tracker.options[key] = value.text;
    }
    return std::nullopt;
}

std::optional<Fault> read_trackers(const YamlNode& node, std::vector<TrackerConfig>& trackers)
{
    if (node.kind != YamlNode::Kind::Sequence)
        return Fault{"must be a list, not " + describe(node) + ".",
                     "Write it as [csv, tensorboard]."};
    std::vector<TrackerConfig> read;
    for (const auto& item : node.items)
        if (auto fault = read_tracker(item, read.emplace_back()))
            return fault;
    trackers = std::move(read);
    return std::nullopt;
}

std::optional<Fault> check_name(const std::string& name)
{
    const auto names = kind_names();
    if (std::ranges::find(names, name) != names.end())
        return std::nullopt;
    if (name == "neptune")
        return Fault{"names neptune, whose service ended on 2026-03-05.",
                     "Use one of " + join(names, ", ") + "."};
    const auto near = nearest(name, names);
    return Fault{"must be of " + join(names, ", ") + ", not " + describe(scalar(name)) + ".",
                 near ? "Did you mean " + *near + "?" : ""};
}

bool is_secret(const std::string& key)
{
    for (const std::string_view word : {"key", "token", "password", "secret", "username"})
        if (key.find(word) != std::string::npos)
            return true;
    return false;
}

std::string environment_of(const std::string& tracker)
{
    return tracker == "mlflow"  ? "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
                                  "MLFLOW_TRACKING_PASSWORD"
           : tracker == "wandb" ? "WANDB_API_KEY, which wandb sync reads"
                                : "the environment of the program that needs it";
}

std::optional<Fault> check_uri(const std::string& uri)
{
    const bool is_http = uri.starts_with("http://") || uri.starts_with("https://");
    if (!uri.empty() && !is_http)
        return Fault{"gives mlflow the uri " + describe(scalar(uri)) +
                         ", which is no address of a server.",
                     "Write it as http://host:5000, and start one with: mlflow server "
                     "--backend-store-uri sqlite:///mlflow.db"};
    if (uri.find('@') != std::string::npos)
        return Fault{"gives mlflow an uri with a name and a password in it.",
                     "They would stay in the run's folder. Leave them out, and set " +
                         environment_of("mlflow") + "."};
    return std::nullopt;
}

std::optional<Fault> check_option(const TrackerKind& kind, const std::string& key,
                                  const std::string& value)
{
    const auto known = std::ranges::find(kind.options, key, &TrackerOption::name);
    if (known == kind.options.end() && is_secret(key))
        return Fault{"gives " + kind.name + " the option " + key +
                         ": secrets do not belong in a run's settings, which stay in its folder.",
                     "Set it in the environment instead: " + environment_of(kind.name) + "."};
    if (known == kind.options.end()) {
        std::vector<std::string> names;
        for (const auto& option : kind.options)
            names.push_back(option.name);
        const auto near = nearest(key, names);
        return Fault{"gives " + kind.name + " the option " + key + ", which it does not have.",
                     near            ? "Did you mean " + *near + "?"
                     : names.empty() ? "It has none: write " + kind.name + "."
                                     : "It has: " + join(names, ", ") + "."};
    }
    std::int64_t count = 0;
    if (known->is_count && (read_value(scalar(value), count) || count < 0))
        return Fault{"gives " + kind.name + " " + key + " = " + describe(scalar(value)) +
                         "; it must be a whole number of at least 0.",
                     ""};
    if (value.size() > kLongestOption || check_text(value))
        return Fault{"gives " + kind.name + " a " + key + " that is too long or no text.", ""};
    return key == "uri" ? check_uri(value) : std::nullopt;
}

std::optional<Fault> check_trackers(const RunConfig& config)
{
    std::set<std::string> seen;
    for (const auto& tracker : config.trackers) {
        if (auto fault = check_name(tracker.name))
            return fault;
        if (!seen.insert(tracker.name).second)
            return Fault{"names " + tracker.name + " twice.", "Keep one of them."};
        for (const auto& [key, value] : tracker.options)
            if (auto fault = check_option(*find_kind(tracker.name), key, value))
                return fault;
    }
    return std::nullopt;
}

} // namespace

const std::vector<TrackerKind>& tracker_kinds()
{
    static const std::vector<TrackerKind> kKinds = {
        {"csv", "CSV table (spreadsheets, pandas)", {}},
        {"jsonl", "JSON lines", {}},
        {"tensorboard", "TensorBoard", {{"histograms_every_n_steps", "0", true}}},
        {"mlflow", "MLflow server", {{"uri", ""}, {"experiment", "lyceum"}}},
        {"wandb",
         "Weights & Biases (offline, for wandb sync)",
         {{"project", "lyceum"}, {"entity", ""}}},
    };
    return kKinds;
}

std::string tracker_option(const TrackerConfig& tracker, std::string_view option)
{
    if (const auto found = tracker.options.find(std::string(option));
        found != tracker.options.end())
        return found->second;
    const auto* kind = find_kind(tracker.name);
    LYCEUM_CHECK(kind != nullptr, "no tracker " + tracker.name);
    const auto known = std::ranges::find(kind->options, option, &TrackerOption::name);
    LYCEUM_CHECK(known != kind->options.end(), "no option " + std::string(option));
    return known->default_value;
}

void add_tracker_fields(Table& table)
{
    std::vector<FieldChoice> choices;
    for (const auto& kind : tracker_kinds())
        choices.push_back({kind.name, kind.label});
    FieldInfo info{.path = "trackers",
                   .label = "Also record the run for",
                   .help = "Other programs that show a run's curves. Files go to the run's folder "
                           "(trackers/); MLflow is a server, found at MLFLOW_TRACKING_URI or "
                           "http://127.0.0.1:5000. None of them can stop or slow a run.",
                   .kind = FieldKind::Choices,
                   .choices = std::move(choices)};
    table.push_back({std::move(info),
                     [](const RunConfig& config) {
                         YamlNode node;
                         node.kind = YamlNode::Kind::Sequence;
                         for (const auto& tracker : config.trackers)
                             node.items.push_back(to_node(tracker));
                         return node;
                     },
                     [](RunConfig& config, const YamlNode& node) {
                         return read_trackers(node, config.trackers);
                     },
                     check_trackers});
}

} // namespace lyceum::config
