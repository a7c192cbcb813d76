#include "core/models/family.h"
#include "core/models/hugging_face_config.h"
#include "core/models/rope_config.h"

namespace lyceum::models {
namespace {

using formats::Json;

Json llama_like(const Architecture& a)
{
    Json json = {{"hidden_size", a.hidden_size},
                 {"intermediate_size", a.intermediate_size},
                 {"num_hidden_layers", a.num_hidden_layers},
                 {"num_attention_heads", a.num_attention_heads},
                 {"num_key_value_heads", a.num_key_value_heads},
                 {"head_dim", a.head_dim},
                 {"max_position_embeddings", a.max_position_embeddings},
                 {"hidden_act", a.hidden_act},
                 {"rms_norm_eps", a.rms_norm_eps},
                 {"rope_theta", a.rope_theta},                  // Transformers 4
                 {"rope_scaling", nullptr},                     // 4
                 {"rope_parameters", write_rope_parameters(a)}, // 5
                 {"attention_dropout", a.attention_dropout}};
    if (a.rope_scaling.rope_type != "default")
        json["rope_scaling"] = json["rope_parameters"];
    if (a.family == "llama" || a.family == "qwen3")
        json["attention_bias"] = a.attention_bias;
    if (a.family == "llama")
        json["mlp_bias"] = a.mlp_bias;
    else
        json["sliding_window"] = a.sliding_window > 0 ? Json(a.sliding_window) : Json(nullptr);
    if (a.family != "qwen2" && a.family != "qwen3")
        return json;
    json["use_sliding_window"] = a.sliding_window > 0;
    std::int64_t full_layers = 0;
    for (std::int64_t i = 0; i < a.num_hidden_layers; ++i) {
        const bool is_full = a.window_of(i) == 0;
        full_layers += is_full ? 1 : 0;
        json["layer_types"].push_back(is_full ? "full_attention" : "sliding_attention");
    }
    json["max_window_layers"] = full_layers;
    return json;
}

Json gpt2(const Architecture& a)
{
    return {{"n_embd", a.hidden_size},
            {"n_inner", a.intermediate_size},
            {"n_layer", a.num_hidden_layers},
            {"n_head", a.num_attention_heads},
            {"n_positions", a.max_position_embeddings},
            {"n_ctx", a.max_position_embeddings},
            {"activation_function", a.hidden_act},
            {"layer_norm_epsilon", a.rms_norm_eps},
            {"embd_pdrop", a.embd_pdrop},
            {"resid_pdrop", a.resid_pdrop},
            {"attn_pdrop", a.attention_dropout},
            {"scale_attn_weights", a.scale_attn_weights},
            {"scale_attn_by_inverse_layer_idx", a.scale_attn_by_inverse_layer_idx}};
}

Json encoder(const Architecture& a)
{
    return {{"hidden_size", a.hidden_size},
            {"intermediate_size", a.intermediate_size},
            {"num_hidden_layers", a.num_hidden_layers},
            {"num_attention_heads", a.num_attention_heads},
            {"max_position_embeddings", a.max_position_embeddings},
            {"hidden_act", a.hidden_act},
            {"layer_norm_eps", a.rms_norm_eps},
            {"type_vocab_size", a.type_vocab_size},
            {"pad_token_id", a.pad_token_id},
            {"hidden_dropout_prob", a.resid_pdrop},
            {"attention_probs_dropout_prob", a.attention_dropout}};
}

} // namespace

Json write_hugging_face_config(const Architecture& a)
{
    const Family& family = family_of(a);
    const std::string class_name = a.has_lm_head ? std::string(family.class_stem) + "ForMaskedLM"
                                                 : std::string(family.class_name);
    Json json = family.has_rotary ? llama_like(a) : family.is_encoder ? encoder(a) : gpt2(a);
    json["architectures"] = {class_name};
    json["model_type"] = a.family;
    json["vocab_size"] = a.vocab_size;
    json["initializer_range"] = a.initializer_range;
    json["tie_word_embeddings"] = a.tie_word_embeddings;
    json["use_cache"] = true;
    return json;
}

} // namespace lyceum::models
