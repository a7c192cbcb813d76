#include "core/config/run_config.h"

#include "core/base/atomic_file.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/config/field_table.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace lyceum::config {

namespace {

constexpr int kAutoBatchSize = 4;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

std::string describe(const Problem& problem)
{
    std::string text =
        problem.field.empty() ? problem.message : problem.field + ": " + problem.message;
    return problem.hint.empty() ? text : text + " " + problem.hint;
}

void add_method_rules(const RunConfig& config, std::vector<Problem>& problems)
{
    const auto& model = config.model;
    const std::string method(to_string(model.method));
    if (model.base == "none" && has_adapter(model.method))
        problems.push_back({"model.method", 0,
                            "is " + method +
                                ", but with model.base: none there are no trained weights that "
                                "a small addition could rest on.",
                            "Use model.method: full."});
    if (model.method == Method::Qlora && config.trainer.accelerator != "auto" &&
        config.trainer.accelerator != "cpu")
        problems.push_back({"model.method", 0,
                            "is qlora, which this version trains on the CPU only, but "
                            "trainer.accelerator is " +
                                config.trainer.accelerator + ".",
                            "Use trainer.accelerator: cpu, or model.method: lora."});
}

void add_rules_of_monitors(const RunConfig& config, std::vector<Problem>& problems)
{
    const auto check = [&](const char* field, MonitorMode mode, const std::string& monitor) {
        const bool lower_is_better =
            monitor == "perplexity" || monitor == "loss" || monitor.ends_with("_loss");
        if (mode == MonitorMode::Max && lower_is_better)
            problems.push_back(
                {field, 0, "is max, but a lower " + monitor + " is better.", "Use min."});
    };
    check("checkpoint.mode", config.checkpoint.mode, config.checkpoint.monitor);
    if (const auto& stopping = config.callbacks.early_stopping)
        check("callbacks.early_stopping.mode", stopping->mode, stopping->monitor);
}

void add_rules_between_fields(const RunConfig& config, std::vector<Problem>& problems)
{
    const auto& trainer = config.trainer;
    if (trainer.max_epochs == 0)
        problems.push_back({"trainer.max_epochs", 0, "must be at least 1, or -1, not 0.", ""});
    if (trainer.max_steps == 0)
        problems.push_back({"trainer.max_steps", 0, "must be at least 1, or -1, not 0.", ""});
    if (trainer.max_epochs == -1 && trainer.max_steps == -1)
        problems.push_back({"trainer.max_epochs", 0, "is unlimited, and so is trainer.max_steps.",
                            "Limit one of them, or the run would never end."});
    add_method_rules(config, problems);
    add_rules_of_monitors(config, problems);
    if (config.checkpoint.save_top_k == 0 && !config.checkpoint.save_last)
        problems.push_back({"checkpoint.save_last", 0,
                            "is false and checkpoint.save_top_k is 0: nothing would be kept.",
                            "Keep the last checkpoint or at least one of the best."});
}

std::string name_of_unused(const FieldInfo& info, const RunConfig& config)
{
    return info.used_with.path + " is " + get_field(config, info.used_with.path);
}

/// A setting that does nothing is a mistake of whoever set it.
void add_unused_fields(const RunConfig& config, std::vector<Problem>& problems)
{
    for (const auto& info : fields()) {
        if (is_used(config, info) || get_field(config, info.path) == info.default_value)
            continue;
        problems.push_back(
            {info.path, 0,
             "is set, but " + name_of_unused(info, config) + ", which does not use it.",
             "Remove it, or set " + info.used_with.path + " to " +
                 join(info.used_with.values, " or ") + "."});
    }
}

void add_rules_of_optimizer(const RunConfig& config, std::vector<Problem>& problems)
{
    if (!config.model.freeze.empty() && config.model.base == "none")
        problems.push_back({"model.freeze", 0,
                            "is set, but model.base is none: nothing is learnt yet.",
                            "Remove it, or name a base model."});
    const auto& optimizer = config.optimizer;
    if (optimizer.nesterov && optimizer.momentum == 0.0)
        problems.push_back({"optimizer.nesterov", 0, "is on, but optimizer.momentum is 0.",
                            "Give it momentum, such as 0.9, or turn it off."});
    if (optimizer.schedule == Schedule::ReduceOnPlateau && config.data.validation == "none")
        problems.push_back({"optimizer.schedule", 0,
                            "is reduce_on_plateau, which goes by the validation loss, but "
                            "data.validation is none.",
                            "Keep some data back, such as 10%, or choose another schedule."});
    if (config.trainer.gradient_clip_algorithm == ClipAlgorithm::Value &&
        config.trainer.gradient_clip_val == 0.0)
        problems.push_back({"trainer.gradient_clip_algorithm", 0,
                            "is value, but trainer.gradient_clip_val is 0: nothing is clipped.",
                            "Set trainer.gradient_clip_val, or use norm."});
}

std::string indentation(std::size_t depth)
{
    return std::string(depth * 2, ' ');
}

/// The nearest name to a path, by the rule for names of runs.
std::string name_from_data(const std::string& train)
{
    auto stem = std::filesystem::path(train).filename().string();
    stem = stem.substr(0, stem.find_first_of("@:"));
    for (const std::string_view extension : {".jsonl", ".json", ".txt", ".md"}) {
        if (stem.size() > extension.size() && stem.ends_with(extension))
            stem.resize(stem.size() - extension.size());
    }
    return to_run_name(stem);
}

std::filesystem::path recipe_dir()
{
    return resource_dir() / "recipes";
}

} // namespace

std::string to_run_name(std::string_view wish)
{
    constexpr std::size_t kLongest = 56; // leaves room for "-2", "-3", ...
    std::string name;
    for (const char c : wish) {
        const bool is_allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        const char next = is_allowed ? c : '-';
        const bool is_separator = next == '-' || next == '.' || next == '_';
        if (name.size() < kLongest && !(is_separator && (name.empty() || name.back() == '-')))
            name += next;
    }
    while (name.ends_with('-') || name.ends_with('.'))
        name.pop_back();
    return name.empty() ? "run" : name;
}

std::string_view to_string(Method method)
{
    constexpr std::array<std::string_view, 3> kNames = {"lora", "full", "qlora"};
    return kNames.at(static_cast<std::size_t>(method));
}

bool has_adapter(Method method)
{
    return method != Method::Full;
}

std::vector<Problem> validate(const RunConfig& config)
{
    std::vector<Problem> problems;
    for (const auto& field : field_table()) {
        if (!is_in_force(config, field.info.path))
            continue;
        if (auto fault = field.check(config))
            problems.push_back(
                {field.info.path, 0, std::move(fault->message), std::move(fault->hint)});
    }
    add_rules_between_fields(config, problems);
    add_rules_of_optimizer(config, problems);
    add_unused_fields(config, problems);
    return problems;
}

RunConfig resolved(RunConfig config)
{
    if (config.name.empty())
        config.name = name_from_data(config.data.train);
    if (config.trainer.accelerator == "auto")
        config.trainer.accelerator = "cpu";
    if (!config.trainer.devices)
        config.trainer.devices = 1;
    if (config.trainer.strategy == "auto")
        config.trainer.strategy = "single";
    if (config.trainer.precision == "auto")
        config.trainer.precision = "32-true";
    if (!config.trainer.batch_size)
        config.trainer.batch_size = kAutoBatchSize;
    config.optimizer = resolved(config.optimizer);
    return config;
}

Error to_error(const std::vector<Problem>& problems, std::string_view source)
{
    std::vector<std::string> lines;
    for (const auto& problem : problems) {
        std::string place(source);
        if (problem.line > 0)
            place += (place.empty() ? "line " : ", line ") + std::to_string(problem.line);
        lines.push_back(place.empty() ? describe(problem) : place + ": " + describe(problem));
    }
    const auto count = problems.size();
    return {ErrorCode::InvalidConfig, join(lines, "\n"),
            count > 1 ? "Correct these " + std::to_string(count) + " settings and try again." : ""};
}

std::string to_yaml(const RunConfig& config)
{
    std::string yaml;
    std::vector<std::string> open; // the sections the previous line stood in
    for (const auto& field : field_table()) {
        const auto& info = field.info;
        const auto value = field.get(config);
        const bool is_open_group = is_group(field) && value.text == field.group_value;
        const bool says_nothing =
            !is_used(config, info) && get_field(config, info.path) == info.default_value;
        if (is_open_group || says_nothing || !is_in_force(config, info.path))
            continue;
        const bool is_off = info.kind == FieldKind::Toggle && is_group(field);

        auto keys = split(info.path, '.');
        const auto key = keys.back();
        keys.pop_back();
        std::size_t shared = 0;
        while (shared < keys.size() && shared < open.size() && keys[shared] == open[shared])
            ++shared;
        for (; shared < keys.size(); ++shared)
            yaml += indentation(shared) + keys[shared] + ":\n";
        open = keys;
        yaml +=
            indentation(keys.size()) + key + ": " + (is_off ? "null" : write_inline(value)) + "\n";
    }
    return yaml;
}

Result<ConfigSource> load_source(std::string_view recipe_or_file)
{
    const std::filesystem::path path(recipe_or_file);
    std::error_code status;
    const auto recipe = recipe_dir() / (path.string() + ".yaml");
    const bool is_word = path.filename() == path && !path.has_extension();
    if (std::filesystem::is_regular_file(path, status)) {
        LYCEUM_ASSIGN(auto text, read_file(path, kMaxFileBytes));
        return ConfigSource{std::move(text), path.string()};
    }
    if (is_word && std::filesystem::is_regular_file(recipe, status)) {
        LYCEUM_ASSIGN(auto text, read_file(recipe, kMaxFileBytes));
        return ConfigSource{std::move(text), "recipe " + path.string()};
    }
    const auto recipes = list_recipes();
    const auto near = nearest(path.string(), recipes);
    auto hint = near ? "Did you mean the recipe " + *near + "? " : std::string();
    hint += recipes.empty()
                ? "Give the path of a run's YAML file."
                : "Give the path of a YAML file, or a recipe: " + join(recipes, ", ") + ".";
    return Error{ErrorCode::NotFound, "There is no file and no recipe \"" + path.string() + "\".",
                 hint};
}

std::vector<std::string> list_recipes()
{
    std::vector<std::string> names;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(recipe_dir(), status)) {
        if (entry.path().extension() == ".yaml")
            names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

} // namespace lyceum::config
