#include "core/models/gguf_architecture.h"
#include "core/models/gguf_rope.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

Error unsupported(const Architecture& a, const std::string& what)
{
    return Error{ErrorCode::Unsupported,
                 "a " + a.family + " model with " + what + " cannot be written to a GGUF file",
                 "Export --format hf, which keeps every option."};
}

/// What GGUF has no key for is as llama.cpp computes it.
Result<void> check_plain(const Architecture& a, const GgufArchitecture& gguf)
{
    const bool is_same = a.hidden_act == gguf.hidden_act ||
                         (gguf.hidden_act == "gelu_new" && a.hidden_act == "gelu_pytorch_tanh");
    if (!is_same)
        return unsupported(a, "the activation " + a.hidden_act);
    if (!a.scale_attn_weights)
        return unsupported(a, "scale_attn_weights false");
    if (a.scale_attn_by_inverse_layer_idx)
        return unsupported(a, "scale_attn_by_inverse_layer_idx true");
    if (a.attention_output_bias && !gguf.has_output_bias)
        return unsupported(a, "a bias on the attention's output");
    if (a.mlp_bias && !gguf.has_mlp_bias)
        return unsupported(a, "biases in the feed-forward");
    return {};
}

/// Up to which the results are those of a model without windows and dynamic scaling.
std::int64_t plain_context(const Architecture& a)
{
    if (family_of(a).is_encoder)
        return a.context_length(); // RoBERTa's first rows of positions are left out
    std::int64_t context = a.max_position_embeddings;
    for (std::int64_t layer = 0; layer < a.num_hidden_layers; ++layer)
        if (const std::int64_t window = a.window_of(layer); window > 0)
            context = std::min(context, window);
    return context;
}

} // namespace

Result<formats::GgufMetadata> write_gguf_architecture(const Architecture& a)
{
    const GgufArchitecture& gguf = gguf_architecture_of(a.family);
    const Family& family = family_of(a);
    LYCEUM_TRY(check_plain(a, gguf));
    const std::string prefix = std::string(gguf.name) + ".";
    formats::GgufMetadata metadata = {{"general.architecture", std::string(gguf.name)}};
    const auto add = [&](std::string_view key, std::int64_t value) {
        metadata.emplace_back(prefix + std::string(key), static_cast<std::uint32_t>(value));
    };
    add("block_count", a.num_hidden_layers);
    add("context_length", plain_context(a));
    add("embedding_length", a.hidden_size);
    add("feed_forward_length", a.intermediate_size);
    add("attention.head_count", a.num_attention_heads);
    if (family.has_rotary) {
        add("attention.head_count_kv", a.num_key_value_heads);
        add("attention.key_length", a.head_dim);
        add("attention.value_length", a.head_dim);
        add("rope.dimension_count", a.head_dim);
        LYCEUM_TRY(write_gguf_rope(a, prefix, metadata));
    }
    metadata.emplace_back(prefix + (family.has_layer_norm ? "attention.layer_norm_epsilon"
                                                          : "attention.layer_norm_rms_epsilon"),
                          static_cast<float>(a.rms_norm_eps));
    if (family.is_encoder)
        metadata.emplace_back(prefix + "attention.causal", false);
    else
        add("vocab_size", a.vocab_size);
    return metadata;
}

} // namespace lyceum::models
