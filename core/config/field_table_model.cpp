// The field table: the run itself, its model, task and data.

#include "core/config/field_sections.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lyceum::config {

namespace {

std::optional<Fault> check_name(const std::string& name)
{
    constexpr std::size_t kLongest = 64;
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    const std::string hint = "Use letters, digits, '.', '_' and '-', beginning with a letter or a "
                             "digit: it names the run's folder.";
    if (name.size() > kLongest)
        return Fault{"is " + std::to_string(name.size()) + " letters long; at most 64 are allowed.",
                     hint};
    if (!std::ranges::all_of(name, is_allowed) || name.starts_with('.') || name.starts_with('-') ||
        name.starts_with('_'))
        return Fault{"cannot be " + describe(scalar(name)) + ".", hint};
    return std::nullopt;
}

std::optional<Fault> check_base(const std::string& base)
{
    if (base.empty())
        return Fault{"has no value.",
                     "Name a model, such as smollm2-135m-instruct, or none to start from scratch."};
    return std::nullopt;
}

std::optional<Fault> check_train_data(const std::string& train)
{
    if (train.empty() || train == "none")
        return Fault{"is missing.",
                     "Name a dataset (fractions-tutor) or a file (lesson.jsonl) to learn from."};
    if (train.ends_with('%'))
        return Fault{"cannot be a share: " + describe(scalar(train)) + ".",
                     "Name a dataset or a file; a share is for data.validation."};
    return std::nullopt;
}

std::optional<Fault> check_validation_data(const std::string& validation)
{
    const std::string hint = "Use auto, a share such as 10%, a dataset, a file or none.";
    double share = 0;
    const bool is_number = !read_value(scalar(validation), share);
    if (validation.empty())
        return Fault{"has no value.", hint};
    if (is_number)
        return Fault{"is the number " + validation + ".",
                     share > 0 && share < 1
                         ? "As a share, write " + std::to_string(std::lround(share * 100)) + "%."
                         : hint};
    if (!validation.ends_with('%'))
        return std::nullopt;
    const auto digits = validation.substr(0, validation.size() - 1);
    if (read_value(scalar(digits), share) || share <= 0 || share >= 100)
        return Fault{"must be a share above 0% and below 100%, not " + validation + ".", hint};
    return std::nullopt;
}

Field targets_field()
{
    const std::vector<FieldChoice> choices = {
        {"q_proj", "Attention: query"},       {"k_proj", "Attention: key"},
        {"v_proj", "Attention: value"},       {"o_proj", "Attention: output"},
        {"gate_proj", "Feed-forward: gate"},  {"up_proj", "Feed-forward: up"},
        {"down_proj", "Feed-forward: down"},  {"c_attn", "GPT-2's attention: query, key, value"},
        {"c_fc", "GPT-2's feed-forward: up"}, {"c_proj", "GPT-2: what both put out"}};
    FieldInfo info{.path = "model.lora.targets",
                   .label = "Layers with an adapter",
                   .help = "Which layers get a small trainable addition; auto is all of them.",
                   .kind = FieldKind::TextList,
                   .choices = choices,
                   .has_auto = true};
    return {std::move(info),
            [](const RunConfig& config) {
                YamlNode node = scalar("auto");
                if (config.model.lora.targets.empty())
                    return node;
                node.kind = YamlNode::Kind::Sequence;
                for (const auto& target : config.model.lora.targets)
                    node.items.push_back(quoted_scalar(target));
                return node;
            },
            [](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
                const bool is_auto = node.kind == YamlNode::Kind::Scalar && node.text == "auto";
                if (is_auto) {
                    config.model.lora.targets.clear();
                    return std::nullopt;
                }
                if (node.kind == YamlNode::Kind::Sequence && node.items.empty())
                    return Fault{"is an empty list.", "Use auto for all layers."};
                return read_value(node, config.model.lora.targets);
            },
            [choices](const RunConfig& config) -> std::optional<Fault> {
                std::set<std::string> seen;
                for (const auto& target : config.model.lora.targets) {
                    if (auto fault = check_choice(choices, {}, "", target))
                        return fault;
                    if (!seen.insert(target).second)
                        return Fault{"names " + target + " twice.", "Keep one of them."};
                }
                return std::nullopt;
            }};
}

Field freeze_field()
{
    FieldInfo info{.path = "model.freeze",
                   .label = "Parameters that stay as they are",
                   .help = "Names of weights that are not changed, with * for any letters: "
                           "model.embed_tokens.* or model.layers.0.*; empty: all learn.",
                   .kind = FieldKind::TextList,
                   .used_with = {"model.method", {"full"}}};
    return {std::move(info),
            [](const RunConfig& config) {
                YamlNode node;
                node.kind = YamlNode::Kind::Sequence;
                for (const auto& pattern : config.model.freeze)
                    node.items.push_back(quoted_scalar(pattern));
                return node;
            },
            [](RunConfig& config, const YamlNode& node) {
                return read_value(node, config.model.freeze);
            },
            [](const RunConfig& config) -> std::optional<Fault> {
                constexpr std::size_t kLongest = 256;
                for (const auto& pattern : config.model.freeze) {
                    if (auto fault = check_text(pattern))
                        return fault;
                    if (pattern.empty() || pattern.size() > kLongest)
                        return Fault{"has a name of " + std::to_string(pattern.size()) +
                                         " letters; 1 to 256 are allowed.",
                                     "Write a parameter's name, such as model.embed_tokens.*"};
                }
                return std::nullopt;
            }};
}

} // namespace

void add_run_fields(Table& table)
{
    table.push_back(text_field(
        {.path = "name",
         .label = "Name",
         .help = "Names the run and its folder; left empty, it is made from "
                 "the dataset's name."},
        [](auto& c) -> auto& { return c.name; }, check_name));
    table.push_back(integer_field(
        {.path = "seed",
         .label = "Seed",
         .help = "The start of every random choice: the same seed repeats the run exactly."},
        at_least(0), [](auto& c) -> auto& { return c.seed; }));
}

void add_model_fields(Table& table)
{
    table.push_back(text_field(
        {.path = "model.base",
         .label = "Base model",
         .help = "The model to start from: a known name, a folder, a .gguf file or another run; "
                 "none starts from scratch, with random weights."},
        [](auto& c) -> auto& { return c.model.base; }, check_base));
    table.push_back(enum_field(
        {.path = "model.method",
         .label = "Method",
         .help =
             "LoRA trains a small addition and needs little memory; QLoRA needs the least, with "
             "the model in 4 bits meanwhile; full changes every weight."},
        {{"lora", "LoRA: a small addition"},
         {"full", "Full: every weight"},
         {"qlora", "QLoRA: a small addition, the model in 4 bits"}},
        {{"dora", "rslora"}, "Use lora, with model.lora.use_dora or model.lora.use_rslora: true."},
        [](auto& c) -> auto& { return c.model.method; }));
    table.push_back(integer_field(
        {.path = "model.lora.rank",
         .label = "LoRA rank",
         .help = "How much the addition can hold: higher learns more "
                 "and takes more memory."},
        between(1, 1024), [](auto& c) -> auto& { return c.model.lora.rank; }));
    table.push_back(number_field(
        {.path = "model.lora.alpha",
         .label = "LoRA alpha",
         .help = "How strongly the addition counts; usually twice the rank."},
        above(0, 10000), [](auto& c) -> auto& { return c.model.lora.alpha; }));
    table.push_back(number_field(
        {.path = "model.lora.dropout",
         .label = "LoRA dropout",
         .help = "The share of the addition left out at random in each "
                 "step, against learning by heart."},
        below(0, 1), [](auto& c) -> auto& { return c.model.lora.dropout; }));
    table.push_back(targets_field());
    table.push_back(toggle_field(
        {.path = "model.lora.use_rslora",
         .label = "Rank-stable scale (rsLoRA)",
         .help = "Divides alpha by the root of the rank, so that high ranks learn more, not less. "
                 "For ranks of 32 and more; alpha then counts more strongly.",
         .used_with = {"model.method", {"lora", "qlora"}}},
        [](auto& c) -> auto& { return c.model.lora.use_rslora; }));
    table.push_back(toggle_field(
        {.path = "model.lora.use_dora",
         .label = "Lengths apart (DoRA)",
         .help = "Learns how long each row of weights is apart from where it points. Often closer "
                 "to full training at a low rank; a step takes longer.",
         .used_with = {"model.method", {"lora", "qlora"}}},
        [](auto& c) -> auto& { return c.model.lora.use_dora; }));
    table.push_back(freeze_field());
}

void add_task_and_data_fields(Table& table)
{
    table.push_back(choice_field(
        {.path = "task.kind", .label = "Task", .help = "What is learnt: to write text."},
        {{"causal_lm", "Writing text"}},
        {{"classification", "regression", "multitask", "preference"},
         "This version learns to write text: causal_lm."},
        [](auto& c) -> auto& { return c.task.kind; }));
    table.push_back(text_field(
        {.path = "data.train",
         .label = "Training data",
         .help = "A dataset's name or a file to learn from."},
        [](auto& c) -> auto& { return c.data.train; }, check_train_data));
    table.push_back(text_field(
        {.path = "data.validation",
         .label = "Validation data",
         .help = "What is kept back to check on: auto (the dataset's own part, else 10%), a share, "
                 "a dataset, a file or none."},
        [](auto& c) -> auto& { return c.data.validation; }, check_validation_data));
    table.push_back(integer_field(
        {.path = "data.max_length",
         .label = "Longest sample",
         .help = "Tokens a sample keeps; what is longer is cut off and "
                 "counted."},
        between(8, 1 << 20), [](auto& c) -> auto& { return c.data.max_length; }));
    table.push_back(toggle_field(
        {.path = "data.packing",
         .label = "Pack samples",
         .help = "Puts several short samples into one sequence, each on "
                 "its own, so that nothing is spent on padding."},
        [](auto& c) -> auto& { return c.data.packing; }));
}

} // namespace lyceum::config
