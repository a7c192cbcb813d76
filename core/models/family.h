#pragma once

/// @file
/// Family: what tells one kind of model from another, as data: the blocks it is put together from
/// and the names Hugging Face gives them.

#include "core/models/architecture.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// Names inside a layer; empty: the family has no such part.
struct LayerNames {
    std::string_view query, key, value;
    std::string_view fused; ///< Query, key and value as one matrix.
    std::string_view output;
    std::string_view query_norm, key_norm; ///< Of each head.
    std::string_view gate, up, down;       ///< Without a gate the feed-forward is plain.
    std::string_view attention_norm, mlp_norm;
};

struct Family {
    std::string_view model_type;
    std::string_view class_stem; ///< "Llama", of "LlamaModel"
    std::string_view class_name; ///< "LlamaForCausalLM"
    bool is_encoder = false;     ///< Sees both sides, and normalises behind each block.
    bool has_layer_norm = false; ///< LayerNorm in place of RMSNorm.
    bool has_rotary = true;      ///< Rotary positions in place of learned ones.
    bool has_conv1d = false;     ///< Matrices of a layer are stored [in, out].
    std::string_view root;       ///< "model": what a base model's file leaves out of the names.
    std::string_view embeddings, positions, token_types, embedding_norm;
    std::string_view layers;
    std::string_view final_norm;
    std::string_view head; ///< Of a causal model.
    /// Of a masked-LM head: its matrix, its norm, the parameter added to the logits.
    std::string_view masked_dense, masked_norm, masked_bias;
    LayerNames layer;
};

/// All that this version runs.
[[nodiscard]] std::span<const Family> families();
/// "llama, mistral, ...", for messages.
[[nodiscard]] std::string known_families();
/// Null when not known.
[[nodiscard]] const Family* find_family(std::string_view model_type);
/// Of an architecture that check_architecture has passed.
[[nodiscard]] const Family& family_of(const Architecture& architecture);

/// A matrix of a layer.
struct LinearShape {
    std::string_view name; ///< In the layer: "self_attn.q_proj".
    std::int64_t in = 0;
    std::int64_t out = 0;
    bool has_bias = false;
    /// What LoRA calls it: "q_proj".
    [[nodiscard]] std::string_view target() const { return name.substr(name.rfind('.') + 1); }
};
/// Every matrix of a layer; the layers are all alike.
[[nodiscard]] std::vector<LinearShape> layer_linears(const Architecture& architecture);

/// What LoRA is added to when nothing is said: the matrices of a layer, each name once.
[[nodiscard]] std::vector<std::string> lora_targets(const Architecture& architecture);
/// Every name that is a target in some family.
[[nodiscard]] std::vector<std::string> all_lora_targets();
/// Numbers a LoRA of this rank has on the whole model. @param targets empty: lora_targets().
/// @param use_dora one more a row of each matrix.
[[nodiscard]] std::int64_t count_lora_parameters(const Architecture& architecture, int rank,
                                                 std::span<const std::string> targets,
                                                 bool use_dora = false);

/// Whether a tensor of the model is a matrix stored [in, out].
[[nodiscard]] bool is_transposed(const Architecture& architecture, std::string_view tensor_name);

} // namespace lyceum::models
