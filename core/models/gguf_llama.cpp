#include "core/models/gguf_llama.h"

#include "core/base/check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace lyceum::models {
namespace {

using formats::GgufFile;
using Names = std::pair<std::string_view, std::string_view>;

constexpr auto kWholeNames = std::to_array<Names>({
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"output.weight", "lm_head.weight"},
});
constexpr auto kBlockNames = std::to_array<Names>({
    {"attn_norm.weight", "input_layernorm.weight"},
    {"attn_q.weight", "self_attn.q_proj.weight"},
    {"attn_k.weight", "self_attn.k_proj.weight"},
    {"attn_v.weight", "self_attn.v_proj.weight"},
    {"attn_output.weight", "self_attn.o_proj.weight"},
    {"ffn_norm.weight", "post_attention_layernorm.weight"},
    {"ffn_gate.weight", "mlp.gate_proj.weight"},
    {"ffn_up.weight", "mlp.up_proj.weight"},
    {"ffn_down.weight", "mlp.down_proj.weight"},
});

std::string_view look_up_gguf(std::span<const Names> names, std::string_view name)
{
    const auto found = std::ranges::find(names, name, &Names::second);
    return found == names.end() ? std::string_view() : found->first;
}

std::string_view look_up(std::span<const Names> names, std::string_view name)
{
    const auto found = std::ranges::find(names, name, &Names::first);
    return found == names.end() ? std::string_view() : found->second;
}

/// "blk.3.attn_q.weight" is "model.layers.3.self_attn.q_proj.weight"; nothing for a name not known.
std::optional<std::string> hugging_face_name(std::string_view name)
{
    constexpr std::string_view kBlock = "blk.";
    if (!name.starts_with(kBlock)) {
        const std::string_view whole = look_up(kWholeNames, name);
        return whole.empty() ? std::nullopt : std::optional(std::string(whole));
    }
    name.remove_prefix(kBlock.size());
    std::uint32_t layer = 0;
    const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), layer);
    if (status != std::errc() || end == name.data() + name.size() || *end != '.')
        return std::nullopt;
    name.remove_prefix(static_cast<std::size_t>(end + 1 - name.data()));
    const std::string_view part = look_up(kBlockNames, name);
    if (part.empty())
        return std::nullopt;
    return "model.layers." + std::to_string(layer) + "." + std::string(part);
}

/// Metadata this reader understands; each other llama.* key may change the mathematics.
constexpr auto kKnownKeys = std::to_array<std::string_view>({
    "llama.attention.head_count",
    "llama.attention.head_count_kv",
    "llama.attention.key_length",
    "llama.attention.layer_norm_rms_epsilon",
    "llama.attention.value_length",
    "llama.block_count",
    "llama.context_length",
    "llama.embedding_length",
    "llama.expert_count",
    "llama.expert_used_count",
    "llama.feed_forward_length",
    "llama.rope.dimension_count",
    "llama.rope.freq_base",
    "llama.rope.scaling.type",
    "llama.vocab_size",
});

Result<std::int64_t> integer_or(const GgufFile& file, std::string_view key, std::int64_t fallback)
{
    return file.has(key) ? file.get_integer(key) : Result<std::int64_t>(fallback);
}

Error unsupported(const GgufFile& file, std::string_view key, const std::string& value)
{
    return Error{ErrorCode::Unsupported,
                 file.path().string() + ": " + std::string(key) + " is " + value +
                     ", which this version cannot run",
                 "Choose a plain Llama-family model, such as SmolLM2."};
}

/// Keys whose only value this version can run is the one that leaves the plain model.
Result<void> check_plain(const GgufFile& file, const Architecture& architecture)
{
    for (const std::string& key : file.keys())
        if (key.starts_with("llama.") && !std::ranges::binary_search(kKnownKeys, key))
            return unsupported(file, "metadata " + key, "set");
    const std::pair<std::string_view, std::int64_t> fixed[] = {
        {"llama.expert_count", 0},
        {"llama.expert_used_count", 0},
        {"llama.attention.value_length", architecture.head_dim},
        {"llama.rope.dimension_count", architecture.head_dim}};
    for (const auto& [key, only] : fixed) {
        LYCEUM_ASSIGN(const std::int64_t value, integer_or(file, key, only));
        if (value != only)
            return unsupported(file, key, std::to_string(value));
    }
    if (file.has("llama.rope.scaling.type")) {
        LYCEUM_ASSIGN(const std::string type, file.get_string("llama.rope.scaling.type"));
        if (type != "none")
            return unsupported(file, "llama.rope.scaling.type", type);
    }
    return {};
}

} // namespace

Result<GgufName> gguf_name(std::string_view name, const Architecture& architecture)
{
    constexpr std::string_view kLayers = "model.layers.";
    GgufName result{.name = std::string(look_up_gguf(kWholeNames, name))};
    if (name.starts_with(kLayers)) {
        const std::string_view rest = name.substr(kLayers.size());
        const std::size_t dot = std::min(rest.find('.'), rest.size() - 1);
        const std::string_view part = look_up_gguf(kBlockNames, rest.substr(dot + 1));
        if (!part.empty())
            result.name = "blk." + std::string(rest.substr(0, dot)) + "." + std::string(part);
        if (part == "attn_q.weight")
            result.interleaved_heads = architecture.num_attention_heads;
        else if (part == "attn_k.weight")
            result.interleaved_heads = architecture.num_key_value_heads;
    }
    if (architecture.family != "llama" || result.name.empty())
        return Error{ErrorCode::Unsupported,
                     "tensor " + std::string(name) + " of a " + architecture.family +
                         " model has no place in the GGUF files this version writes",
                     "GGUF is written for llama models; export --format hf."};
    return result;
}

Result<Architecture> read_llama_architecture(const GgufFile& file)
{
    Architecture a;
    LYCEUM_ASSIGN(a.hidden_size, file.get_integer("llama.embedding_length"));
    LYCEUM_ASSIGN(a.intermediate_size, file.get_integer("llama.feed_forward_length"));
    LYCEUM_ASSIGN(a.num_hidden_layers, file.get_integer("llama.block_count"));
    LYCEUM_ASSIGN(a.max_position_embeddings, file.get_integer("llama.context_length"));
    LYCEUM_ASSIGN(a.num_attention_heads, file.get_integer("llama.attention.head_count"));
    LYCEUM_ASSIGN(a.num_key_value_heads,
                  integer_or(file, "llama.attention.head_count_kv", a.num_attention_heads));
    LYCEUM_ASSIGN(a.rms_norm_eps, file.get_number("llama.attention.layer_norm_rms_epsilon"));
    if (file.has("llama.rope.freq_base")) {
        LYCEUM_ASSIGN(a.rope_theta, file.get_number("llama.rope.freq_base"));
    }
    const std::int64_t heads = std::max<std::int64_t>(a.num_attention_heads, 1);
    LYCEUM_ASSIGN(a.head_dim,
                  integer_or(file, "llama.attention.key_length", a.hidden_size / heads));
    a.tie_word_embeddings = file.placement("output.weight") == nullptr;
    for (const formats::TensorInfo& info : file.tensors())
        if (info.name == "token_embd.weight" && !info.shape.empty())
            a.vocab_size = info.shape.front();
    LYCEUM_TRY(check_plain(file, a));
    return a;
}

Result<std::shared_ptr<const LlamaGgufTensors>>
LlamaGgufTensors::create(std::shared_ptr<const GgufFile> file, const Architecture& architecture)
{
    std::shared_ptr<LlamaGgufTensors> tensors(new LlamaGgufTensors(std::move(file)));
    for (formats::TensorInfo info : tensors->file_->tensors()) {
        auto name = hugging_face_name(info.name);
        if (!name)
            return Error{ErrorCode::Unsupported,
                         tensors->file_->path().string() + " has the tensor " + info.name +
                             ", which is no part of the Llama models this version can run",
                         ""};
        std::int64_t heads = 0;
        if (info.name.ends_with(".attn_q.weight"))
            heads = architecture.num_attention_heads;
        else if (info.name.ends_with(".attn_k.weight"))
            heads = architecture.num_key_value_heads;
        tensors->stored_.push_back({info.name, heads});
        info.name = std::move(*name);
        const std::string stored_name = tensors->stored_.back().name;
        if (!tensors->index_.add(std::move(info)))
            return Error{ErrorCode::InvalidData,
                         tensors->file_->path().string() + ": tensor " + stored_name +
                             " is there under two names",
                         ""};
    }
    return std::shared_ptr<const LlamaGgufTensors>(std::move(tensors));
}

Result<void> LlamaGgufTensors::read_float32(std::string_view name, std::span<float> out) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, file_->path().string()));
    if (stored_[position].heads == 0)
        return file_->read_float32(stored_[position].name, out);
    return read_interleaved(position, out);
}

Result<void> LlamaGgufTensors::read_interleaved(std::size_t position, std::span<float> out) const
{
    const GgufFile::Placement* at = file_->placement(stored_[position].name);
    const formats::TensorInfo& info = index_.all()[position];
    LYCEUM_CHECK(out.size() == static_cast<std::size_t>(info.num_elements()),
                 "the buffer has the tensor's size");
    if (at->type->to_float32 == nullptr)
        return file_->read_float32(stored_[position].name, out); // says why not
    const auto num_rows = static_cast<std::size_t>(info.shape.front());
    const std::size_t columns = out.size() / num_rows;
    const std::size_t row_bytes = at->bytes.size() / num_rows;
    const std::size_t row_blocks = columns / at->type->block_elements;
    const std::size_t head_rows = num_rows / static_cast<std::size_t>(stored_[position].heads);
    for (std::size_t row = 0; row < num_rows; ++row) {
        // Row 2 i + h of a head in the file is row h * head_rows / 2 + i of the model.
        const std::size_t in_head = row % head_rows;
        const std::size_t target = row - in_head + (in_head % 2) * (head_rows / 2) + in_head / 2;
        at->type->to_float32(at->bytes.data() + row * row_bytes, row_blocks,
                             out.data() + target * columns);
    }
    return {};
}

Result<std::span<const std::byte>> LlamaGgufTensors::raw_bytes(std::string_view name) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, file_->path().string()));
    if (stored_[position].heads != 0)
        return TensorSource::raw_bytes(name);
    return file_->raw_bytes(stored_[position].name);
}

} // namespace lyceum::models
