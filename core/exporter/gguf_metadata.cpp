#include "core/exporter/gguf_metadata.h"

#include "core/exporter/gguf_tokenizer.h"

namespace lyceum::exporter {
namespace {

/// llama_ftype of llama.h.
std::uint32_t file_type(Dtype dtype)
{
    switch (dtype) {
    case Dtype::Float32:
        return 0;
    case Dtype::Float16:
        return 1;
    case Dtype::Q4_0:
        return 2;
    case Dtype::Q8_0:
        return 7;
    case Dtype::Bfloat16:
        return 32;
    }
    return 0;
}

} // namespace

Result<formats::GgufMetadata> make_gguf_metadata(const models::ModelPackage& package, Dtype dtype)
{
    const models::Architecture& a = package.architecture;
    if (a.family != "llama")
        return Error{ErrorCode::Unsupported,
                     "this version writes no GGUF files of " + a.family + " models",
                     "It writes them of llama models; export --format hf."};
    if (a.rope_scaling.rope_type != "default" || a.hidden_act != "silu")
        return Error{ErrorCode::Unsupported,
                     "this version writes no GGUF files of models with the rope type " +
                         a.rope_scaling.rope_type + " and the activation " + a.hidden_act,
                     "It writes them of plain llama models; export --format hf."};
    const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    formats::GgufMetadata metadata = {
        {"general.architecture", std::string("llama")},
        {"general.type", std::string("model")},
        {"general.name", package.base_name},
        {"general.file_type", file_type(dtype)},
        {"general.quantization_version", 2U},
        {"llama.block_count", number(a.num_hidden_layers)},
        {"llama.context_length", number(a.max_position_embeddings)},
        {"llama.embedding_length", number(a.hidden_size)},
        {"llama.feed_forward_length", number(a.intermediate_size)},
        {"llama.attention.head_count", number(a.num_attention_heads)},
        {"llama.attention.head_count_kv", number(a.num_key_value_heads)},
        {"llama.attention.key_length", number(a.head_dim)},
        {"llama.attention.value_length", number(a.head_dim)},
        {"llama.rope.dimension_count", number(a.head_dim)},
        {"llama.rope.freq_base", static_cast<float>(a.rope_theta)},
        {"llama.attention.layer_norm_rms_epsilon", static_cast<float>(a.rms_norm_eps)},
        {"llama.vocab_size", number(a.vocab_size)}};
    if (!package.licence.name.empty())
        metadata.emplace_back("general.license", package.licence.name);
    if (!package.licence.source.empty())
        metadata.emplace_back("general.source.url", package.licence.source);
    LYCEUM_TRY(add_gguf_tokenizer(package, metadata));
    return metadata;
}

} // namespace lyceum::exporter
