#include "core/models/gguf_architecture.h"

#include "core/base/check.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace lyceum::models {
namespace {

constexpr LayerNames kDecoderLayer = {.query = "attn_q",
                                      .key = "attn_k",
                                      .value = "attn_v",
                                      .fused = "attn_qkv",
                                      .output = "attn_output",
                                      .query_norm = "attn_q_norm",
                                      .key_norm = "attn_k_norm",
                                      .gate = "ffn_gate",
                                      .up = "ffn_up",
                                      .down = "ffn_down",
                                      .attention_norm = "attn_norm",
                                      .mlp_norm = "ffn_norm"};

constexpr Family kDecoder = {.embeddings = "token_embd",
                             .positions = "position_embd",
                             .token_types = "token_types",
                             .embedding_norm = "token_embd_norm",
                             .layers = "blk",
                             .final_norm = "output_norm",
                             .head = "output",
                             .layer = kDecoderLayer};

/// Norms stand behind the blocks.
constexpr Family encoder_names()
{
    Family names = kDecoder;
    names.layer.attention_norm = "attn_output_norm";
    names.layer.mlp_norm = "layer_output_norm";
    return names;
}

constexpr auto kArchitectures = std::to_array<GgufArchitecture>({
    {.name = "llama",
     .families = {"llama", "mistral"},
     .interleaves_heads = true,
     .has_output_bias = true,
     .has_mlp_bias = true,
     .hidden_act = "silu",
     .names = kDecoder},
    {.name = "qwen2", .families = {"qwen2"}, .hidden_act = "silu", .names = kDecoder},
    {.name = "qwen3", .families = {"qwen3"}, .hidden_act = "silu", .names = kDecoder},
    {.name = "gpt2",
     .families = {"gpt2"},
     .has_output_bias = true,
     .has_mlp_bias = true,
     .hidden_act = "gelu_new",
     .dropout = 0.1,
     .names = kDecoder},
    {.name = "bert",
     .families = {"bert", "roberta"},
     .has_output_bias = true,
     .has_mlp_bias = true,
     .hidden_act = "gelu",
     .dropout = 0.1,
     .names = encoder_names()},
});

constexpr std::string_view Family::*kWholeParts[] = {&Family::embeddings,  &Family::positions,
                                                     &Family::token_types, &Family::embedding_norm,
                                                     &Family::final_norm,  &Family::head};
constexpr std::string_view LayerNames::*kLayerParts[] = {&LayerNames::query,
                                                         &LayerNames::key,
                                                         &LayerNames::value,
                                                         &LayerNames::fused,
                                                         &LayerNames::output,
                                                         &LayerNames::query_norm,
                                                         &LayerNames::key_norm,
                                                         &LayerNames::gate,
                                                         &LayerNames::up,
                                                         &LayerNames::down,
                                                         &LayerNames::attention_norm,
                                                         &LayerNames::mlp_norm};

/// The name that `to` has for the part that `from` calls `name`; nothing when either has none.
template <typename Names>
std::optional<std::string_view> same_part(std::span<std::string_view Names::*const> parts,
                                          std::string_view name, const Names& from, const Names& to)
{
    for (const auto part : parts)
        if (!name.empty() && from.*part == name && !(to.*part).empty())
            return to.*part;
    return std::nullopt;
}

/// "blk.3.attn_q.weight" to "model.layers.3.self_attn.q_proj.weight", or back.
std::optional<std::string> translate(std::string_view name, const Family& from, const Family& to)
{
    const std::size_t last = name.rfind('.');
    const std::string_view end = name.substr(std::min(last, name.size()));
    if (end != ".weight" && end != ".bias")
        return std::nullopt;
    const std::string_view stem = name.substr(0, last);
    if (const auto whole = same_part<Family>(kWholeParts, stem, from, to))
        return std::string(*whole) + std::string(end);
    if (!stem.starts_with(from.layers))
        return std::nullopt;
    std::string_view rest = stem.substr(from.layers.size());
    std::uint32_t layer = 0;
    if (!rest.starts_with('.'))
        return std::nullopt;
    const auto [after, status] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), layer);
    if (status != std::errc() || after == rest.data() + rest.size() || *after != '.')
        return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(after + 1 - rest.data()));
    const auto part = same_part<LayerNames>(kLayerParts, rest, from.layer, to.layer);
    if (!part)
        return std::nullopt;
    return std::string(to.layers) + "." + std::to_string(layer) + "." + std::string(*part) +
           std::string(end);
}

bool is_left_out(const Family& family, std::string_view name)
{
    if (!family.is_encoder)
        return false;
    const std::string_view stem = name.substr(0, name.rfind('.'));
    return stem == std::string(family.root) + ".pooler.dense" || stem == family.masked_dense ||
           stem == family.masked_norm || name == family.masked_bias;
}

} // namespace

const GgufArchitecture* find_gguf_architecture(std::string_view name)
{
    const auto found = std::ranges::find(kArchitectures, name, &GgufArchitecture::name);
    return found == kArchitectures.end() ? nullptr : &*found;
}

const GgufArchitecture& gguf_architecture_of(std::string_view family)
{
    const auto found = std::ranges::find_if(kArchitectures, [&](const GgufArchitecture& known) {
        return std::ranges::find(known.families, family) != known.families.end();
    });
    LYCEUM_CHECK(found != kArchitectures.end(), "every family has a GGUF architecture");
    return *found;
}

std::string known_gguf_architectures()
{
    std::string names;
    for (const GgufArchitecture& known : kArchitectures)
        names += (names.empty() ? "" : ", ") + std::string(known.name);
    return names;
}

GgufPlace::Row GgufPlace::row(std::size_t row, std::size_t rows, std::size_t columns) const
{
    if (is_transposed)
        return {.start = row, .step = rows};
    if (interleaved_heads == 0)
        return {.start = (row + static_cast<std::size_t>(skipped_rows)) * columns};
    // Row 2 i + h of a head in the file is row h * head_rows / 2 + i of the model.
    const std::size_t head_rows = rows / static_cast<std::size_t>(interleaved_heads);
    const std::size_t in_head = row % head_rows;
    return {.start = (row - in_head + in_head % 2 * (head_rows / 2) + in_head / 2) * columns};
}

Result<std::optional<GgufPlace>> gguf_place(std::string_view name, const Architecture& a)
{
    const Family& family = family_of(a);
    const GgufArchitecture& gguf = gguf_architecture_of(a.family);
    if (is_left_out(family, name))
        return std::optional<GgufPlace>();
    auto stored = translate(name, family, gguf.names);
    if (!stored)
        return Error{ErrorCode::Unsupported,
                     "tensor " + std::string(name) + " of a " + a.family +
                         " model has no place in a GGUF file",
                     "Export --format hf, which keeps every tensor."};
    GgufPlace place{.name = std::move(*stored), .is_transposed = is_transposed(a, name)};
    const std::string_view stem = name.substr(0, name.rfind('.'));
    if (gguf.interleaves_heads && stem.ends_with(family.layer.query))
        place.interleaved_heads = a.num_attention_heads;
    else if (gguf.interleaves_heads && stem.ends_with(family.layer.key))
        place.interleaved_heads = a.num_key_value_heads;
    if (a.family == "roberta" && stem == family.positions)
        place.skipped_rows = a.pad_token_id + 1;
    return std::optional(std::move(place));
}

std::optional<std::string> model_name(std::string_view gguf_name, const Architecture& a)
{
    const GgufArchitecture& gguf = gguf_architecture_of(a.family);
    return translate(gguf_name, gguf.names, *find_family(gguf.families.front()));
}

} // namespace lyceum::models
