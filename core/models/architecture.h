#pragma once

/// @file
/// Architecture: what a model of any known family consists of, with the key names of Hugging Face's
/// config.json. Where families name the same thing differently, the name is Llama's (GPT-2's n_embd
/// is hidden_size), as in Transformers' attribute_map.

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// How rotary frequencies are stretched for texts longer than those of the training. Source:
/// Transformers, modeling_rope_utils.py.
struct RopeScaling {
    std::string rope_type = "default"; ///< default | linear | dynamic | yarn | llama3 | longrope
    double factor = 1.0;
    std::int64_t original_max_position_embeddings = 0; ///< yarn, llama3, longrope
    double attention_factor =
        1.0;                 ///< yarn, longrope: of cosines and sines; never left to a default.
    double beta_fast = 32.0; ///< yarn
    double beta_slow = 1.0;  ///< yarn
    bool truncate = true;    ///< yarn
    double low_freq_factor = 1.0;  ///< llama3
    double high_freq_factor = 4.0; ///< llama3
    std::vector<double> short_factor =
        {}; ///< longrope: the divisor of each frequency, at any length.
    friend bool operator==(const RopeScaling&, const RopeScaling&) = default;
};

/// Shape of a model and every option that changes its results.
struct Architecture {
    std::string family = "llama"; ///< model_type
    std::int64_t vocab_size = 0;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t max_position_embeddings = 0;
    double rms_norm_eps = 1e-5; ///< Of every norm; layer_norm_eps of the families with LayerNorm.
    double rope_theta = 10000.0;
    bool tie_word_embeddings = true;
    RopeScaling rope_scaling = {};
    bool attention_bias = false;        ///< Of query, key and value.
    bool attention_output_bias = false; ///< Of the attention's output projection.
    bool mlp_bias = false;
    std::string hidden_act = "silu"; ///< See activations().
    std::int64_t sliding_window = 0; ///< Tokens a token sees, itself included; 0: all before it.
    std::vector<bool> full_attention = {}; ///< A layer each: not windowed. Empty: all are windowed.
    bool scale_attn_weights = true;        ///< By 1 / sqrt(head_dim).
    bool scale_attn_by_inverse_layer_idx = false;
    double embd_pdrop = 0.0;        ///< Dropout while training: of the embeddings,
    double resid_pdrop = 0.0;       ///< of what attention and feed-forward add,
    double attention_dropout = 0.0; ///< and of the attention's weights.
    double initializer_range = 0.02;
    // Of encoders.
    std::int64_t type_vocab_size = 0;
    std::int64_t pad_token_id = -1; ///< -1: none. RoBERTa counts positions from behind it.
    bool has_pooler = false;
    bool has_lm_head = false; ///< The masked-LM head.

    /// Tokens a text may have: max_position_embeddings, times the factor of a scaling that is meant
    /// to reach beyond it; for RoBERTa without the rows in front of the first position.
    [[nodiscard]] std::int64_t context_length() const;
    /// sliding_window of a layer; 0: it sees everything before.
    [[nodiscard]] std::int64_t window_of(std::int64_t layer) const;
    friend bool operator==(const Architecture&, const Architecture&) = default;
};

/// "silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu".
[[nodiscard]] const std::vector<std::string>& activations();

/// The numbers are positive, bounded and fit together (heads divide, a rotated head_dim is even),
/// family and activation are known ones.
/// @param source_name for messages: the file. @return InvalidData naming key and value.
[[nodiscard]] Result<void> check_architecture(const Architecture& architecture,
                                              std::string_view source_name);

} // namespace lyceum::models
