#include "core/models/family.h"

#include "core/base/check.h"

#include <algorithm>
#include <array>

namespace lyceum::models {
namespace {

constexpr LayerNames kLlamaLayer = {.query = "self_attn.q_proj",
                                    .key = "self_attn.k_proj",
                                    .value = "self_attn.v_proj",
                                    .output = "self_attn.o_proj",
                                    .gate = "mlp.gate_proj",
                                    .up = "mlp.up_proj",
                                    .down = "mlp.down_proj",
                                    .attention_norm = "input_layernorm",
                                    .mlp_norm = "post_attention_layernorm"};

constexpr LayerNames with_head_norms(LayerNames names)
{
    names.query_norm = "self_attn.q_norm";
    names.key_norm = "self_attn.k_norm";
    return names;
}

constexpr Family llama_like(std::string_view model_type, std::string_view class_stem,
                            std::string_view class_name)
{
    return {.model_type = model_type,
            .class_stem = class_stem,
            .class_name = class_name,
            .root = "model",
            .embeddings = "model.embed_tokens",
            .layers = "model.layers",
            .final_norm = "model.norm",
            .head = "lm_head",
            .layer = model_type == "qwen3" ? with_head_norms(kLlamaLayer) : kLlamaLayer};
}

constexpr Family kGpt2 = {.model_type = "gpt2",
                          .class_stem = "GPT2",
                          .class_name = "GPT2LMHeadModel",
                          .has_layer_norm = true,
                          .has_rotary = false,
                          .has_conv1d = true,
                          .root = "transformer",
                          .embeddings = "transformer.wte",
                          .positions = "transformer.wpe",
                          .layers = "transformer.h",
                          .final_norm = "transformer.ln_f",
                          .head = "lm_head",
                          .layer = {.fused = "attn.c_attn",
                                    .output = "attn.c_proj",
                                    .up = "mlp.c_fc",
                                    .down = "mlp.c_proj",
                                    .attention_norm = "ln_1",
                                    .mlp_norm = "ln_2"}};

constexpr LayerNames kBertLayer = {.query = "attention.self.query",
                                   .key = "attention.self.key",
                                   .value = "attention.self.value",
                                   .output = "attention.output.dense",
                                   .up = "intermediate.dense",
                                   .down = "output.dense",
                                   .attention_norm = "attention.output.LayerNorm",
                                   .mlp_norm = "output.LayerNorm"};

constexpr auto kFamilies = std::to_array<Family>({
    llama_like("llama", "Llama", "LlamaForCausalLM"),
    llama_like("mistral", "Mistral", "MistralForCausalLM"),
    llama_like("qwen2", "Qwen2", "Qwen2ForCausalLM"),
    llama_like("qwen3", "Qwen3", "Qwen3ForCausalLM"),
    kGpt2,
    {.model_type = "bert",
     .class_stem = "Bert",
     .class_name = "BertModel",
     .is_encoder = true,
     .has_layer_norm = true,
     .has_rotary = false,
     .root = "bert",
     .embeddings = "bert.embeddings.word_embeddings",
     .positions = "bert.embeddings.position_embeddings",
     .token_types = "bert.embeddings.token_type_embeddings",
     .embedding_norm = "bert.embeddings.LayerNorm",
     .layers = "bert.encoder.layer",
     .masked_dense = "cls.predictions.transform.dense",
     .masked_norm = "cls.predictions.transform.LayerNorm",
     .masked_bias = "cls.predictions.bias",
     .layer = kBertLayer},
    {.model_type = "roberta",
     .class_stem = "Roberta",
     .class_name = "RobertaModel",
     .is_encoder = true,
     .has_layer_norm = true,
     .has_rotary = false,
     .root = "roberta",
     .embeddings = "roberta.embeddings.word_embeddings",
     .positions = "roberta.embeddings.position_embeddings",
     .token_types = "roberta.embeddings.token_type_embeddings",
     .embedding_norm = "roberta.embeddings.LayerNorm",
     .layers = "roberta.encoder.layer",
     .masked_dense = "lm_head.dense",
     .masked_norm = "lm_head.layer_norm",
     .masked_bias = "lm_head.bias",
     .layer = kBertLayer},
});

void add_new(std::vector<std::string>& names, std::string_view name)
{
    if (std::ranges::find(names, name) == names.end())
        names.emplace_back(name);
}

std::string_view target_of(std::string_view name)
{
    return name.substr(name.rfind('.') + 1);
}

} // namespace

std::span<const Family> families()
{
    return kFamilies;
}

std::string known_families()
{
    std::string names;
    for (const Family& family : kFamilies)
        names += (names.empty() ? "" : ", ") + std::string(family.model_type);
    return names;
}

const Family* find_family(std::string_view model_type)
{
    const auto found = std::ranges::find(kFamilies, model_type, &Family::model_type);
    return found == kFamilies.end() ? nullptr : &*found;
}

const Family& family_of(const Architecture& architecture)
{
    const Family* family = find_family(architecture.family);
    LYCEUM_CHECK(family != nullptr, "the architecture has been checked");
    return *family;
}

std::vector<LinearShape> layer_linears(const Architecture& a)
{
    const Family& family = family_of(a);
    const LayerNames& names = family.layer;
    const std::int64_t queries = a.num_attention_heads * a.head_dim;
    const std::int64_t keys = a.num_key_value_heads * a.head_dim;
    const LinearShape all[] = {{names.query, a.hidden_size, queries, a.attention_bias},
                               {names.key, a.hidden_size, keys, a.attention_bias},
                               {names.value, a.hidden_size, keys, a.attention_bias},
                               {names.fused, a.hidden_size, queries + 2 * keys, a.attention_bias},
                               {names.output, queries, a.hidden_size, a.attention_output_bias},
                               {names.gate, a.hidden_size, a.intermediate_size, a.mlp_bias},
                               {names.up, a.hidden_size, a.intermediate_size, a.mlp_bias},
                               {names.down, a.intermediate_size, a.hidden_size, a.mlp_bias}};
    std::vector<LinearShape> linears;
    std::ranges::copy_if(all, std::back_inserter(linears),
                         [](const LinearShape& linear) { return !linear.name.empty(); });
    return linears;
}

std::vector<std::string> lora_targets(const Architecture& architecture)
{
    std::vector<std::string> targets;
    for (const LinearShape& linear : layer_linears(architecture))
        add_new(targets, linear.target());
    return targets;
}

std::vector<std::string> all_lora_targets()
{
    std::vector<std::string> targets;
    for (const Family& family : kFamilies) {
        const LayerNames& n = family.layer;
        for (const std::string_view name :
             {n.query, n.key, n.value, n.fused, n.output, n.gate, n.up, n.down})
            if (!name.empty())
                add_new(targets, target_of(name));
    }
    return targets;
}

std::int64_t count_lora_parameters(const Architecture& architecture, int rank,
                                   std::span<const std::string> targets, bool use_dora)
{
    std::int64_t in_layer = 0;
    for (const LinearShape& linear : layer_linears(architecture))
        if (targets.empty() || std::ranges::find(targets, linear.target()) != targets.end())
            in_layer += rank * (linear.in + linear.out) + (use_dora ? linear.out : 0);
    return in_layer * architecture.num_hidden_layers;
}

bool is_transposed(const Architecture& architecture, std::string_view tensor_name)
{
    const Family& family = family_of(architecture);
    if (!family.has_conv1d || !tensor_name.starts_with(family.layers))
        return false;
    return std::ranges::any_of(layer_linears(architecture), [&](const LinearShape& linear) {
        return tensor_name.ends_with("." + std::string(linear.name) + ".weight");
    });
}

} // namespace lyceum::models
