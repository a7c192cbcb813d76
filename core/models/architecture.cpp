#include "core/models/architecture.h"

#include "core/formats/tensor_index.h"

#include <map>
#include <unordered_map>

namespace lyceum::models {
namespace {

/// Far above any model of the family, far below an overflow of products of two.
constexpr std::int64_t kMaxSize = std::int64_t{1} << 26;

Error invalid(std::string_view source_name, const std::string& what)
{
    return Error{ErrorCode::InvalidData, std::string(source_name) + ": " + what,
                 "The model's description is damaged; get it again from where it came from."};
}

Error misshapen(std::string_view source_name, const std::string& name,
                const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& expected)
{
    return invalid(source_name, "tensor " + name + " has the shape " +
                                    formats::describe_shape(shape) + ", the configuration says " +
                                    formats::describe_shape(expected));
}

/// Stored by some writers, computed by every reader.
bool is_redundant(const Architecture& architecture, std::string_view name)
{
    return name.ends_with(".rotary_emb.inv_freq") ||
           (architecture.tie_word_embeddings && name == "lm_head.weight");
}

} // namespace

Result<void> check_architecture(const Architecture& a, std::string_view source_name)
{
    const std::pair<const char*, std::int64_t> sizes[] = {
        {"vocab_size", a.vocab_size},
        {"hidden_size", a.hidden_size},
        {"intermediate_size", a.intermediate_size},
        {"num_hidden_layers", a.num_hidden_layers},
        {"num_attention_heads", a.num_attention_heads},
        {"num_key_value_heads", a.num_key_value_heads},
        {"head_dim", a.head_dim},
        {"max_position_embeddings", a.max_position_embeddings}};
    for (const auto& [key, value] : sizes)
        if (value < 1 || value > kMaxSize)
            return invalid(source_name, std::string(key) + " is " + std::to_string(value) +
                                            ", expected 1 to " + std::to_string(kMaxSize));
    if (a.num_attention_heads % a.num_key_value_heads != 0)
        return invalid(source_name, "num_attention_heads " + std::to_string(a.num_attention_heads) +
                                        " is no multiple of num_key_value_heads " +
                                        std::to_string(a.num_key_value_heads));
    if (a.head_dim % 2 != 0)
        return invalid(source_name,
                       "head_dim is " + std::to_string(a.head_dim) + ", expected an even number");
    if (!(a.rms_norm_eps > 0.0 && a.rms_norm_eps < 1.0))
        return invalid(source_name, "rms_norm_eps is " + std::to_string(a.rms_norm_eps) +
                                        ", expected a small positive number");
    if (!(a.rope_theta > 0.0 && a.rope_theta < 1e12))
        return invalid(source_name, "rope_theta is " + std::to_string(a.rope_theta) +
                                        ", expected a positive number");
    return {};
}

std::vector<ExpectedTensor> expected_tensors(const Architecture& a)
{
    const std::int64_t queries = a.num_attention_heads * a.head_dim;
    const std::int64_t keys = a.num_key_value_heads * a.head_dim;
    std::vector<ExpectedTensor> tensors = {
        {"model.embed_tokens.weight", {a.vocab_size, a.hidden_size}}};
    for (std::int64_t layer = 0; layer < a.num_hidden_layers; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        const ExpectedTensor block[] = {
            {"input_layernorm.weight", {a.hidden_size}},
            {"self_attn.q_proj.weight", {queries, a.hidden_size}},
            {"self_attn.k_proj.weight", {keys, a.hidden_size}},
            {"self_attn.v_proj.weight", {keys, a.hidden_size}},
            {"self_attn.o_proj.weight", {a.hidden_size, queries}},
            {"post_attention_layernorm.weight", {a.hidden_size}},
            {"mlp.gate_proj.weight", {a.intermediate_size, a.hidden_size}},
            {"mlp.up_proj.weight", {a.intermediate_size, a.hidden_size}},
            {"mlp.down_proj.weight", {a.hidden_size, a.intermediate_size}}};
        for (const auto& [name, shape] : block)
            tensors.emplace_back(prefix + name, shape);
    }
    tensors.emplace_back("model.norm.weight", std::vector<std::int64_t>{a.hidden_size});
    if (!a.tie_word_embeddings)
        tensors.emplace_back("lm_head.weight",
                             std::vector<std::int64_t>{a.vocab_size, a.hidden_size});
    return tensors;
}

Result<void> check_tensors(const Architecture& architecture, const formats::TensorSource& tensors,
                           std::string_view source_name)
{
    // Before anything is made in proportion to a number of the file: each layer has tensors of its
    // own.
    if (architecture.num_hidden_layers > static_cast<std::int64_t>(tensors.tensors().size()))
        return invalid(source_name, "num_hidden_layers is " +
                                        std::to_string(architecture.num_hidden_layers) +
                                        ", but there are only " +
                                        std::to_string(tensors.tensors().size()) + " tensors");
    std::unordered_map<std::string_view, const formats::TensorInfo*> present;
    for (const formats::TensorInfo& info : tensors.tensors())
        present.emplace(info.name, &info);
    for (const auto& [name, shape] : expected_tensors(architecture)) {
        const auto found = present.find(name);
        if (found == present.end())
            return invalid(source_name, "tensor " + name + " is missing");
        if (found->second->shape != shape)
            return misshapen(source_name, name, found->second->shape, shape);
        present.erase(found);
    }
    for (const auto& [name, info] : present)
        if (!is_redundant(architecture, name))
            return Error{ErrorCode::Unsupported,
                         std::string(source_name) + " has the tensor " + std::string(name) +
                             ", which is no part of the Llama models this version can run",
                         ""};
    return {};
}

void count_parameters(ModelPackage& package)
{
    std::map<std::string, std::int64_t> elements_by_dtype;
    package.num_parameters = 0;
    for (const formats::TensorInfo& info : package.tensors->tensors()) {
        if (is_redundant(package.architecture, info.name))
            continue;
        package.num_parameters += info.num_elements();
        elements_by_dtype[info.dtype] += info.num_elements();
    }
    std::int64_t most = 0;
    for (const auto& [dtype, elements] : elements_by_dtype)
        if (elements > most) {
            most = elements;
            package.dtype = dtype;
        }
}

} // namespace lyceum::models
