#include "core/models/hugging_face_config.h"

#include "core/models/family.h"
#include "core/models/rope_config.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;

Error unsupported(std::string_view source_name, std::string_view key, const Json& value,
                  std::string hint)
{
    return Error{ErrorCode::Unsupported,
                 std::string(source_name) + ": \"" + std::string(key) + "\" is " +
                     formats::excerpt(value) + ", which this version cannot run",
                 std::move(hint)};
}

/// Keys that change the results, each with the only value this version runs; missing means that
/// value.
Result<void> check_plain(const JsonObject& config, std::string_view source_name)
{
    const std::pair<const char*, Json> only[] = {{"add_cross_attention", false},
                                                 {"is_decoder", false},
                                                 {"is_encoder_decoder", false},
                                                 {"partial_rotary_factor", 1.0},
                                                 {"position_embedding_type", "absolute"}};
    for (const auto& [key, value] : only)
        if (const Json* found = config.find(key); found != nullptr && *found != value)
            return unsupported(source_name, key, *found, "");
    if (const Json* found = config.find("quantization_config"))
        return unsupported(source_name, "quantization_config", *found,
                           "Use the model before it was quantised, or a .gguf file.");
    return {};
}

/// The model with its head of this version, or without one.
Result<void> check_class(const JsonObject& config, const Family& family,
                         std::string_view source_name)
{
    const Json* classes = config.find("architectures");
    if (classes == nullptr)
        return {};
    const std::string stem(family.class_stem);
    std::vector<std::string> known = {std::string(family.class_name), stem + "Model"};
    if (family.is_encoder)
        known = {stem + "Model", stem + "ForMaskedLM", stem + "ForPreTraining"};
    if (classes->is_array() && classes->size() == 1 && classes->front().is_string() &&
        std::ranges::find(known, classes->front().get_ref<const std::string&>()) != known.end())
        return {};
    return unsupported(source_name, "architectures", *classes,
                       "Of this family it runs " + known.front() + ".");
}

/// The family's own defaults, as in its configuration class.
struct Defaults {
    std::int64_t max_position_embeddings = 0;
    std::int64_t sliding_window = 0;
};

Defaults defaults_of(std::string_view family)
{
    if (family == "mistral")
        return {.max_position_embeddings = 131072, .sliding_window = 4096};
    if (family == "qwen2" || family == "qwen3")
        return {.max_position_embeddings = 32768, .sliding_window = 4096};
    return {.max_position_embeddings = 2048};
}

/// `layer_types`, one a layer, or what use_sliding_window and max_window_layers say.
Result<void> read_qwen_window(const JsonObject& config, Architecture& a)
{
    LYCEUM_ASSIGN(const bool uses_window, config.boolean_or("use_sliding_window", false));
    if (!uses_window)
        a.sliding_window = 0;
    LYCEUM_ASSIGN(const std::int64_t full_layers, config.integer_or("max_window_layers", 28));
    const Json* types = config.find("layer_types");
    if (types == nullptr) {
        for (std::int64_t i = 0; a.sliding_window > 0 && i < a.num_hidden_layers; ++i)
            a.full_attention.push_back(i < full_layers);
        return {};
    }
    for (const Json& type : types->is_array() ? *types : Json::array({*types})) {
        if (type != "full_attention" && type != "sliding_attention")
            return config.invalid("layer_types", "has " + formats::excerpt(type) +
                                                     ", expected full_attention or "
                                                     "sliding_attention");
        a.full_attention.push_back(type == "full_attention");
    }
    if (a.sliding_window == 0)
        a.full_attention.clear();
    return {};
}

Result<void> read_llama_like(const Json& json, std::string_view source_name, Architecture& a)
{
    const JsonObject config(json, source_name);
    const Defaults defaults = defaults_of(a.family);
    LYCEUM_ASSIGN(a.hidden_size, config.integer("hidden_size"));
    LYCEUM_ASSIGN(a.intermediate_size, config.integer("intermediate_size"));
    LYCEUM_ASSIGN(a.num_hidden_layers, config.integer("num_hidden_layers"));
    LYCEUM_ASSIGN(a.num_attention_heads, config.integer("num_attention_heads"));
    LYCEUM_ASSIGN(a.num_key_value_heads,
                  config.integer_or("num_key_value_heads", a.num_attention_heads));
    const std::int64_t heads = std::max<std::int64_t>(a.num_attention_heads, 1);
    const std::int64_t usual_dim = a.family == "qwen3" ? 128 : a.hidden_size / heads;
    LYCEUM_ASSIGN(a.head_dim, config.integer_or("head_dim", usual_dim));
    LYCEUM_ASSIGN(a.max_position_embeddings,
                  config.integer_or("max_position_embeddings", defaults.max_position_embeddings));
    LYCEUM_ASSIGN(a.rms_norm_eps, config.number_or("rms_norm_eps", 1e-6));
    LYCEUM_ASSIGN(a.tie_word_embeddings, config.boolean_or("tie_word_embeddings", false));
    LYCEUM_ASSIGN(a.hidden_act, config.string_or("hidden_act", "silu"));
    LYCEUM_ASSIGN(a.attention_dropout, config.number_or("attention_dropout", 0.0));
    if (a.family == "llama" || a.family == "qwen3") {
        LYCEUM_ASSIGN(a.attention_bias, config.boolean_or("attention_bias", false));
        a.attention_output_bias = a.attention_bias;
    }
    if (a.family == "qwen2")
        a.attention_bias = true;
    if (a.family == "llama") {
        LYCEUM_ASSIGN(a.mlp_bias, config.boolean_or("mlp_bias", false));
    } else if (!json.contains("sliding_window") || !json["sliding_window"].is_null()) {
        // Null means none; a key that is not there means the default.
        LYCEUM_ASSIGN(a.sliding_window,
                      config.integer_or("sliding_window", defaults.sliding_window));
    }
    if (a.family == "qwen2" || a.family == "qwen3")
        LYCEUM_TRY(read_qwen_window(config, a));
    return read_rope_config(config, source_name, a);
}

Result<void> read_gpt2(const JsonObject& config, Architecture& a)
{
    LYCEUM_ASSIGN(a.hidden_size, config.integer("n_embd"));
    LYCEUM_ASSIGN(a.num_hidden_layers, config.integer("n_layer"));
    LYCEUM_ASSIGN(a.num_attention_heads, config.integer("n_head"));
    LYCEUM_ASSIGN(a.max_position_embeddings, config.integer_or("n_positions", 1024));
    LYCEUM_ASSIGN(a.intermediate_size, config.integer_or("n_inner", 4 * a.hidden_size));
    LYCEUM_ASSIGN(a.hidden_act, config.string_or("activation_function", "gelu_new"));
    LYCEUM_ASSIGN(a.rms_norm_eps, config.number_or("layer_norm_epsilon", 1e-5));
    LYCEUM_ASSIGN(a.tie_word_embeddings, config.boolean_or("tie_word_embeddings", true));
    LYCEUM_ASSIGN(a.embd_pdrop, config.number_or("embd_pdrop", 0.1));
    LYCEUM_ASSIGN(a.resid_pdrop, config.number_or("resid_pdrop", 0.1));
    LYCEUM_ASSIGN(a.attention_dropout, config.number_or("attn_pdrop", 0.1));
    LYCEUM_ASSIGN(a.scale_attn_weights, config.boolean_or("scale_attn_weights", true));
    LYCEUM_ASSIGN(a.scale_attn_by_inverse_layer_idx,
                  config.boolean_or("scale_attn_by_inverse_layer_idx", false));
    a.attention_bias = a.attention_output_bias = a.mlp_bias = true;
    return {};
}

Result<void> read_encoder(const JsonObject& config, std::string_view source_name, Architecture& a)
{
    LYCEUM_ASSIGN(a.hidden_size, config.integer("hidden_size"));
    LYCEUM_ASSIGN(a.intermediate_size, config.integer("intermediate_size"));
    LYCEUM_ASSIGN(a.num_hidden_layers, config.integer("num_hidden_layers"));
    LYCEUM_ASSIGN(a.num_attention_heads, config.integer("num_attention_heads"));
    LYCEUM_ASSIGN(a.max_position_embeddings, config.integer_or("max_position_embeddings", 512));
    LYCEUM_ASSIGN(a.hidden_act, config.string_or("hidden_act", "gelu"));
    LYCEUM_ASSIGN(a.rms_norm_eps, config.number_or("layer_norm_eps", 1e-12));
    LYCEUM_ASSIGN(a.type_vocab_size, config.integer_or("type_vocab_size", 2));
    LYCEUM_ASSIGN(a.pad_token_id, config.integer_or("pad_token_id", a.family == "bert" ? 0 : 1));
    LYCEUM_ASSIGN(a.resid_pdrop, config.number_or("hidden_dropout_prob", 0.1));
    LYCEUM_ASSIGN(a.attention_dropout, config.number_or("attention_probs_dropout_prob", 0.1));
    a.embd_pdrop = a.resid_pdrop;
    LYCEUM_ASSIGN(a.tie_word_embeddings, config.boolean_or("tie_word_embeddings", true));
    if (!a.tie_word_embeddings)
        return unsupported(source_name, "tie_word_embeddings", false, "");
    a.attention_bias = a.attention_output_bias = a.mlp_bias = true;
    return {};
}

/// head_dim is not a key of these families: the heads share the hidden size.
Result<void> share_heads(const JsonObject& config, Architecture& a)
{
    const std::int64_t heads = std::max<std::int64_t>(a.num_attention_heads, 1);
    if (a.hidden_size % heads != 0)
        return config.invalid(a.family == "gpt2" ? "n_head" : "num_attention_heads",
                              "is " + std::to_string(a.num_attention_heads) +
                                  ", which does not divide the hidden size " +
                                  std::to_string(a.hidden_size));
    a.num_key_value_heads = a.num_attention_heads;
    a.head_dim = a.hidden_size / heads;
    return {};
}

} // namespace

Result<Architecture> read_hugging_face_config(const Json& json, std::string_view source_name)
{
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, std::string(source_name) + " is not a JSON object",
                     ""};
    const JsonObject config(json, source_name);
    Architecture a;
    LYCEUM_ASSIGN(a.family, config.string("model_type"));
    const Family* family = find_family(a.family);
    if (family == nullptr)
        return unsupported(source_name, "model_type", a.family,
                           "It runs " + known_families() + ".");
    LYCEUM_TRY(check_plain(config, source_name));
    LYCEUM_TRY(check_class(config, *family, source_name));
    LYCEUM_ASSIGN(a.vocab_size, config.integer("vocab_size"));
    LYCEUM_ASSIGN(a.initializer_range, config.number_or("initializer_range", 0.02));
    if (family->has_rotary) {
        LYCEUM_TRY(read_llama_like(json, source_name, a));
        return a;
    }
    LYCEUM_TRY(family->is_encoder ? read_encoder(config, source_name, a) : read_gpt2(config, a));
    LYCEUM_TRY(share_heads(config, a));
    return a;
}

} // namespace lyceum::models
