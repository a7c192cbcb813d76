// The field table: a model from scratch.

#include "core/config/field_sections.h"

#include <algorithm>

namespace lyceum::config {

namespace {

constexpr std::int64_t kMostTokens = std::int64_t{1} << 20;

std::optional<Fault> check_family(const std::string& family)
{
    if (family.empty())
        return Fault{"has no value.", "Name a kind of model, such as llama or gpt2."};
    return std::nullopt; // which there are, the models know
}

std::optional<Fault> check_tokenizer(const std::string& tokenizer)
{
    if (tokenizer.empty())
        return Fault{"has no value.",
                     "Use byte, train, or a model or folder whose tokenizer is taken."};
    return std::nullopt;
}

YamlNode parsed(const std::string& json)
{
    YamlNode node;
    if (!json.empty())
        node = read_yaml(json).root;
    node.kind = YamlNode::Kind::Map;
    return node;
}

/// Groups go into each other; any other value takes the place of the one before.
void merge(YamlNode& into, const YamlNode& from)
{
    for (const auto& [key, value] : from.entries) {
        const auto found = std::ranges::find_if(
            into.entries, [&name = key](const auto& entry) { return entry.first == name; });
        if (found == into.entries.end())
            into.entries.emplace_back(key, value);
        else if (found->second.kind == YamlNode::Kind::Map && value.kind == YamlNode::Kind::Map)
            merge(found->second, value);
        else
            found->second = value;
    }
}

Field config_field()
{
    FieldInfo info{.path = "model.config",
                   .label = "Sizes of the model",
                   .help = "The new model's shape in the words of Hugging Face's config.json, such "
                           "as hidden_size; what is not said is small.",
                   .kind = FieldKind::Mapping,
                   .enabled_by = "model.base",
                   .enabled_when = "none"};
    Field field;
    field.info = std::move(info);
    field.get = [](const RunConfig& config) { return parsed(config.model.config); };
    field.set = [](RunConfig& config, const YamlNode& node) -> std::optional<Fault> {
        if (node.kind != YamlNode::Kind::Map)
            return Fault{"must be a group of settings, not " + describe(node) + ".",
                         "Write a key and its value a line, as in hidden_size: 256."};
        auto whole = parsed(config.model.config);
        merge(whole, node);
        config.model.config = whole.entries.empty() ? "" : write_json(whole);
        return std::nullopt;
    };
    field.clear = [](RunConfig& config) { config.model.config.clear(); };
    field.check = [](const RunConfig& config) { return check_text(config.model.config); };
    return field;
}

} // namespace

void add_new_model_fields(Table& table)
{
    table.push_back(text_field(
        {.path = "model.family",
         .label = "Family",
         .help = "The kind of the new model: llama, mistral, qwen2, qwen3 or gpt2.",
         .enabled_by = "model.base",
         .enabled_when = "none"},
        [](auto& c) -> auto& { return c.model.family; }, check_family));
    table.push_back(config_field());
    Field tokenizer = text_field(
        {.path = "model.tokenizer",
         .label = "Tokenizer",
         .help = "How the new model cuts texts: byte by byte, as learnt from the training data "
                 "(train), or as a known model or folder does.",
         .enabled_by = "model.base",
         .enabled_when = "none"},
        [](auto& c) -> auto& { return c.model.tokenizer.source; }, check_tokenizer);
    tokenizer.group_value = "train";
    table.push_back(std::move(tokenizer));
    table.push_back(choice_field(
        {.path = "model.tokenizer.train.kind",
         .label = "Kind of tokenizer",
         .help = "How the vocabulary is learnt from the training data.",
         .enabled_by = "model.tokenizer",
         .enabled_when = "train"},
        {{"bpe", "Byte pairs (BPE)"}, {"wordpiece", "WordPiece"}, {"unigram", "Unigram"}}, {},
        [](auto& c) -> auto& { return c.model.tokenizer.kind; }));
    table.push_back(integer_field(
        {.path = "model.tokenizer.train.vocab_size",
         .label = "Tokens to learn",
         .help = "How many different tokens the vocabulary has: more make texts shorter and the "
                 "model larger.",
         .enabled_by = "model.tokenizer",
         .enabled_when = "train"},
        between(8, kMostTokens), [](auto& c) -> auto& { return c.model.tokenizer.vocab_size; }));
}

} // namespace lyceum::config
