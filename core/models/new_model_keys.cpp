#include "core/models/new_model_keys.h"

#include "core/base/text.h"
#include "core/models/new_model.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace lyceum::models {
namespace {

using formats::Json;
using Kind = ConfigKey::Kind;

constexpr ConfigKey kShared[] = {{"vocab_size", Kind::Integer},
                                 {"tie_word_embeddings", Kind::Boolean},
                                 {"initializer_range", Kind::Number}};

constexpr ConfigKey kLlamaLike[] = {{"hidden_size", Kind::Integer},
                                    {"intermediate_size", Kind::Integer},
                                    {"num_hidden_layers", Kind::Integer},
                                    {"num_attention_heads", Kind::Integer},
                                    {"num_key_value_heads", Kind::Integer},
                                    {"head_dim", Kind::Integer},
                                    {"hidden_act", Kind::Text},
                                    {"max_position_embeddings", Kind::Integer},
                                    {"rms_norm_eps", Kind::Number},
                                    {"rope_theta", Kind::Number},
                                    {"rope_scaling", Kind::Group},
                                    {"rope_parameters", Kind::Group},
                                    {"attention_dropout", Kind::Number}};

constexpr ConfigKey kLlama[] = {{"attention_bias", Kind::Boolean}, {"mlp_bias", Kind::Boolean}};
constexpr ConfigKey kMistral[] = {{"sliding_window", Kind::Integer}};
constexpr ConfigKey kQwen2[] = {{"sliding_window", Kind::Integer},
                                {"use_sliding_window", Kind::Boolean},
                                {"max_window_layers", Kind::Integer},
                                {"layer_types", Kind::List}};
constexpr ConfigKey kQwen3[] = {{"attention_bias", Kind::Boolean},
                                {"sliding_window", Kind::Integer},
                                {"use_sliding_window", Kind::Boolean},
                                {"max_window_layers", Kind::Integer},
                                {"layer_types", Kind::List}};

constexpr ConfigKey kGpt2[] = {{"n_embd", Kind::Integer},
                               {"n_layer", Kind::Integer},
                               {"n_head", Kind::Integer},
                               {"n_inner", Kind::Integer},
                               {"n_positions", Kind::Integer},
                               {"activation_function", Kind::Text},
                               {"layer_norm_epsilon", Kind::Number},
                               {"embd_pdrop", Kind::Number},
                               {"resid_pdrop", Kind::Number},
                               {"attn_pdrop", Kind::Number},
                               {"scale_attn_weights", Kind::Boolean},
                               {"scale_attn_by_inverse_layer_idx", Kind::Boolean}};

/// As in GPT2Config.attribute_map, and what the architecture calls the rest.
constexpr std::pair<std::string_view, std::string_view> kGpt2Names[] = {
    {"hidden_size", "n_embd"},
    {"num_hidden_layers", "n_layer"},
    {"num_attention_heads", "n_head"},
    {"intermediate_size", "n_inner"},
    {"max_position_embeddings", "n_positions"},
    {"hidden_act", "activation_function"},
    {"rms_norm_eps", "layer_norm_epsilon"},
    {"attention_dropout", "attn_pdrop"}};

std::vector<std::span<const ConfigKey>> tables_of(std::string_view family)
{
    if (family == "gpt2")
        return {kGpt2, kShared};
    std::span<const ConfigKey> own = kQwen3;
    if (family == "llama")
        own = kLlama;
    else if (family == "mistral")
        own = kMistral;
    else if (family == "qwen2")
        own = kQwen2;
    return {kLlamaLike, own, kShared};
}

bool is_of(const Json& value, Kind kind)
{
    switch (kind) {
    case Kind::Integer:
        return value.is_number_integer();
    case Kind::Number:
        return value.is_number();
    case Kind::Boolean:
        return value.is_boolean();
    case Kind::Text:
        return value.is_string();
    case Kind::Group:
        return value.is_object();
    case Kind::List:
        return value.is_array();
    }
    return false;
}

const char* word_for(Kind kind)
{
    switch (kind) {
    case Kind::Integer:
        return "a whole number";
    case Kind::Number:
        return "a number";
    case Kind::Boolean:
        return "true or false";
    case Kind::Text:
        return "a word";
    case Kind::Group:
        return "a group of settings";
    case Kind::List:
        return "a list";
    }
    return "";
}

/// Keys that every config.json has and a new model takes from elsewhere.
std::optional<ConfigFault> check_foreign(std::string_view family, std::string_view key,
                                         const Json& value)
{
    if (key == "model_type" && value == family)
        return ConfigFault{}; // said twice, and alike
    if (key == "model_type")
        return ConfigFault{"is " + formats::excerpt(value) + ", but model.family is " +
                               std::string(family) + ".",
                           "Leave it out: model.family says it."};
    if (key.ends_with("_token_id"))
        return ConfigFault{"is not set here.", "Leave it out: the tokenizer says it."};
    if (key == "dtype" || key == "torch_dtype")
        return ConfigFault{"is not set here.", "Leave it out: trainer.precision says it."};
    return std::nullopt;
}

} // namespace

std::vector<std::string> new_model_keys(std::string_view family)
{
    std::vector<std::string> names;
    for (const auto& table : tables_of(family))
        for (const ConfigKey& key : table)
            names.emplace_back(key.name);
    return names;
}

const ConfigKey* find_config_key(std::string_view family, std::string_view key)
{
    for (const auto& table : tables_of(family))
        for (const ConfigKey& known : table)
            if (known.name == key)
                return &known;
    return nullptr;
}

std::string key_of_family(std::string_view family, std::string_view name)
{
    if (family == "gpt2")
        for (const auto& [usual, own] : kGpt2Names)
            if (usual == name)
                return std::string(own);
    return std::string(name);
}

std::optional<ConfigFault> check_config_entry(std::string_view family, std::string_view key,
                                              const Json& value)
{
    if (const ConfigKey* known = find_config_key(family, key)) {
        if (value.is_null() || is_of(value, known->kind))
            return std::nullopt;
        return ConfigFault{"must be " + std::string(word_for(known->kind)) + ", not " +
                               formats::excerpt(value) + ".",
                           ""};
    }
    if (auto fault = check_foreign(family, key, value))
        return fault->message.empty() ? std::nullopt : std::move(fault);
    const std::string own = key_of_family(family, key);
    const auto keys = new_model_keys(family);
    const auto near = own != key ? std::optional(own) : nearest(key, keys);
    return ConfigFault{"is not a setting of " + std::string(family) + ".",
                       near ? "Did you mean " + *near + "?"
                            : "There are " + join(keys, ", ") + "."};
}

} // namespace lyceum::models
