#include "core/models/gguf_architecture.h"
#include "core/models/gguf_rope.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

using formats::GgufFile;

/// Behind the architecture's name: what this version understands. Each other key may change the
/// mathematics.
constexpr auto kKnownKeys = std::to_array<std::string_view>({
    "attention.causal",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.layer_norm_epsilon",
    "attention.layer_norm_rms_epsilon",
    "attention.value_length",
    "block_count",
    "context_length",
    "embedding_length",
    "expert_count",
    "expert_used_count",
    "feed_forward_length",
    "pooling_type",       // of embeddings; the hidden states are the same
    "tensor_data_layout", // of what the file was converted from
    "vocab_size",
});
constexpr auto kKnownRopeKeys = std::to_array<std::string_view>({
    "rope.dimension_count",
    "rope.freq_base",
    "rope.scale_linear",
    "rope.scaling.attn_factor",
    "rope.scaling.factor",
    "rope.scaling.finetuned", // where the weights come from
    "rope.scaling.original_context_length",
    "rope.scaling.type",
    "rope.scaling.yarn_attn_factor",
    "rope.scaling.yarn_beta_fast",
    "rope.scaling.yarn_beta_slow",
    "rope.scaling.yarn_ext_factor",
});

static_assert(std::ranges::is_sorted(kKnownKeys) && std::ranges::is_sorted(kKnownRopeKeys));

Error unsupported(const GgufFile& file, std::string_view key, const std::string& value)
{
    return Error{ErrorCode::Unsupported,
                 file.path().string() + ": " + std::string(key) + " is " + value +
                     ", which this version cannot run",
                 "Choose a plain model of one of the architectures " + known_gguf_architectures() +
                     "."};
}

/// Reads the keys of one architecture.
class Reader {
public:
    Reader(const GgufFile& file, const GgufArchitecture& gguf)
        : file_(file)
        , gguf_(gguf)
        , family_(*find_family(gguf.families.front()))
        , prefix_(std::string(gguf.name) + ".")
    {
    }

    Result<Architecture> read()
    {
        Architecture a;
        a.family = std::string(family_.model_type);
        LYCEUM_TRY(read_sizes(a));
        const std::string eps = family_.has_layer_norm ? "attention.layer_norm_epsilon"
                                                       : "attention.layer_norm_rms_epsilon";
        LYCEUM_ASSIGN(a.rms_norm_eps, file_.get_number(prefix_ + eps));
        a.hidden_act = std::string(gguf_.hidden_act);
        a.embd_pdrop = a.resid_pdrop = a.attention_dropout = gguf_.dropout;
        read_tensors(a);
        LYCEUM_TRY(check_plain(a));
        if (family_.has_rotary)
            LYCEUM_TRY(read_gguf_rope(file_, prefix_, a));
        if (family_.is_encoder) {
            LYCEUM_ASSIGN(a.pad_token_id, integer_or("tokenizer.ggml.padding_token_id", 0));
        }
        return a;
    }

private:
    Result<std::int64_t> integer_or(const std::string& key, std::int64_t fallback) const
    {
        return file_.has(key) ? file_.get_integer(key) : Result<std::int64_t>(fallback);
    }

    Result<void> read_sizes(Architecture& a) const
    {
        LYCEUM_ASSIGN(a.hidden_size, file_.get_integer(prefix_ + "embedding_length"));
        LYCEUM_ASSIGN(a.intermediate_size, file_.get_integer(prefix_ + "feed_forward_length"));
        LYCEUM_ASSIGN(a.num_hidden_layers, file_.get_integer(prefix_ + "block_count"));
        LYCEUM_ASSIGN(a.max_position_embeddings, file_.get_integer(prefix_ + "context_length"));
        LYCEUM_ASSIGN(a.num_attention_heads, file_.get_integer(prefix_ + "attention.head_count"));
        LYCEUM_ASSIGN(a.num_key_value_heads,
                      integer_or(prefix_ + "attention.head_count_kv", a.num_attention_heads));
        const std::int64_t heads = std::max<std::int64_t>(a.num_attention_heads, 1);
        LYCEUM_ASSIGN(a.head_dim,
                      integer_or(prefix_ + "attention.key_length", a.hidden_size / heads));
        return {};
    }

    /// What only the tensors tell.
    void read_tensors(Architecture& a) const
    {
        const Family& names = gguf_.names;
        const auto rows = [&](std::string_view name) {
            for (const formats::TensorInfo& info : file_.tensors())
                if (info.name == std::string(name) + ".weight" && !info.shape.empty())
                    return info.shape.front();
            return std::int64_t{0};
        };
        const auto has_bias = [&](std::string_view part) {
            const std::string name = std::string(names.layers) + ".0." + std::string(part);
            return file_.placement(name + ".bias") != nullptr;
        };
        a.vocab_size = rows(names.embeddings);
        a.type_vocab_size = family_.is_encoder ? rows(names.token_types) : 0;
        a.tie_word_embeddings = file_.placement(std::string(names.head) + ".weight") == nullptr;
        const bool is_always_biased = family_.has_layer_norm || family_.model_type == "qwen2";
        a.attention_bias = is_always_biased || has_bias(names.layer.query);
        a.attention_output_bias = family_.has_layer_norm || has_bias(names.layer.output);
        a.mlp_bias = family_.has_layer_norm || has_bias(names.layer.up);
    }

    Result<void> check_plain(const Architecture& a) const
    {
        for (const std::string& key : file_.keys()) {
            if (!key.starts_with(prefix_))
                continue;
            const std::string_view rest = std::string_view(key).substr(prefix_.size());
            if (!std::ranges::binary_search(kKnownKeys, rest) &&
                !(family_.has_rotary && std::ranges::binary_search(kKnownRopeKeys, rest)))
                return unsupported(file_, "metadata " + key, "set");
        }
        const std::pair<std::string, std::int64_t> fixed[] = {
            {"expert_count", 0},
            {"expert_used_count", 0},
            {"attention.value_length", a.head_dim},
            {"rope.dimension_count", a.head_dim}};
        for (const auto& [key, only] : fixed) {
            LYCEUM_ASSIGN(const std::int64_t value, integer_or(prefix_ + key, only));
            if (value != only)
                return unsupported(file_, prefix_ + key, std::to_string(value));
        }
        const std::string causal = prefix_ + "attention.causal";
        if (!file_.has(causal))
            return {};
        LYCEUM_ASSIGN(const bool is_causal, file_.get_bool(causal));
        if (is_causal == family_.is_encoder)
            return unsupported(file_, causal, is_causal ? "true" : "false");
        return {};
    }

    const GgufFile& file_;
    const GgufArchitecture& gguf_;
    const Family& family_;
    std::string prefix_;
};

} // namespace

Result<Architecture> read_gguf_architecture(const GgufFile& file)
{
    LYCEUM_ASSIGN(const std::string name, file.get_string("general.architecture"));
    const GgufArchitecture* gguf = find_gguf_architecture(name);
    if (gguf == nullptr)
        return Error{ErrorCode::Unsupported,
                     file.path().string() + ": general.architecture is " + name +
                         ", which this version cannot run",
                     "It runs " + known_gguf_architectures() + "."};
    return Reader(file, *gguf).read();
}

} // namespace lyceum::models
