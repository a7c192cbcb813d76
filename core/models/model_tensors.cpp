#include "core/models/model_tensors.h"

#include "core/formats/tensor_index.h"
#include "core/models/family.h"

#include <map>
#include <unordered_map>

namespace lyceum::models {
namespace {

using Shape = std::vector<std::int64_t>;

Error invalid(std::string_view source_name, const std::string& what)
{
    return Error{ErrorCode::InvalidData, std::string(source_name) + ": " + what,
                 "The model's description is damaged; get it again from where it came from."};
}

Error misshapen(std::string_view source_name, const std::string& name, const Shape& shape,
                const Shape& expected)
{
    return invalid(source_name, "tensor " + name + " has the shape " +
                                    formats::describe_shape(shape) + ", the configuration says " +
                                    formats::describe_shape(expected));
}

/// Stored by some writers, computed or not used by every reader.
bool is_redundant(const Architecture& a, std::string_view name)
{
    const Family& family = family_of(a);
    if (family.has_rotary && name.ends_with(".rotary_emb.inv_freq"))
        return true;
    if (family.has_conv1d && (name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias")))
        return true; // the causal mask
    if (family.is_encoder)
        return name.ends_with("embeddings.position_ids") ||
               name.ends_with("embeddings.token_type_ids") ||
               name.starts_with("cls.seq_relationship.") || // next sentence prediction
               name == "cls.predictions.decoder.weight" || name == "cls.predictions.decoder.bias" ||
               name == "lm_head.decoder.weight" || name == "lm_head.decoder.bias";
    return a.tie_word_embeddings && name == std::string(family.head) + ".weight";
}

/// Collects names and shapes of one kind of part after the other.
class Parts {
public:
    explicit Parts(const Architecture& architecture)
        : architecture_(architecture), family_(family_of(architecture))
    {
    }

    void matrix(std::string_view name, Shape shape)
    {
        if (!name.empty())
            tensors.emplace_back(std::string(name) + ".weight", std::move(shape));
    }
    void linear(std::string_view name, std::int64_t in, std::int64_t out, bool has_bias)
    {
        matrix(name, {out, in});
        if (has_bias)
            tensors.emplace_back(std::string(name) + ".bias", Shape{out});
    }
    void norm(std::string_view name, std::int64_t size)
    {
        if (name.empty())
            return;
        tensors.emplace_back(std::string(name) + ".weight", Shape{size});
        if (family_.has_layer_norm)
            tensors.emplace_back(std::string(name) + ".bias", Shape{size});
    }

    void layer(const std::string& prefix)
    {
        for (const LinearShape& part : layer_linears(architecture_)) {
            const std::string name = prefix + std::string(part.name);
            if (family_.has_conv1d)
                linear(name, part.out, part.in, false);
            else
                linear(name, part.in, part.out, false);
            if (part.has_bias)
                tensors.emplace_back(name + ".bias", Shape{part.out});
        }
        const LayerNames& names = family_.layer;
        const std::int64_t hidden = architecture_.hidden_size;
        for (const auto& [name, size] :
             {std::pair(names.query_norm, architecture_.head_dim),
              std::pair(names.key_norm, architecture_.head_dim),
              std::pair(names.attention_norm, hidden), std::pair(names.mlp_norm, hidden)})
            if (!name.empty())
                norm(prefix + std::string(name), size);
    }

    std::vector<ExpectedTensor> tensors;

private:
    const Architecture& architecture_;
    const Family& family_;
};

/// A source under other names.
class RenamedTensors final : public formats::TensorSource {
public:
    RenamedTensors(std::shared_ptr<const formats::TensorSource> source, formats::TensorIndex index)
        : source_(std::move(source)), index_(std::move(index))
    {
    }
    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, "the model"));
        return source_->read_float32(source_->tensors()[position].name, out);
    }
    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, "the model"));
        return source_->raw_bytes(source_->tensors()[position].name);
    }

private:
    std::shared_ptr<const formats::TensorSource> source_;
    formats::TensorIndex index_; ///< In the order of the source.
};

std::string modern_name(std::string name)
{
    for (const auto& [old_end, end] : {std::pair("LayerNorm.gamma", "LayerNorm.weight"),
                                       std::pair("LayerNorm.beta", "LayerNorm.bias")})
        if (name.ends_with(old_end))
            return name.substr(0, name.size() - std::string_view(old_end).size()) + end;
    return name;
}

} // namespace

std::vector<ExpectedTensor> expected_tensors(const Architecture& a)
{
    const Family& family = family_of(a);
    const std::int64_t hidden = a.hidden_size;
    Parts parts(a);
    parts.matrix(family.embeddings, {a.vocab_size, hidden});
    parts.matrix(family.positions, {a.max_position_embeddings, hidden});
    parts.matrix(family.token_types, {a.type_vocab_size, hidden});
    parts.norm(family.embedding_norm, hidden);
    for (std::int64_t layer = 0; layer < a.num_hidden_layers; ++layer)
        parts.layer(std::string(family.layers) + "." + std::to_string(layer) + ".");
    parts.norm(family.final_norm, hidden);
    if (a.has_pooler)
        parts.linear(std::string(family.root) + ".pooler.dense", hidden, hidden, true);
    if (a.has_lm_head) {
        parts.linear(family.masked_dense, hidden, hidden, true);
        parts.norm(family.masked_norm, hidden);
        parts.tensors.emplace_back(family.masked_bias, Shape{a.vocab_size});
    }
    if (!family.is_encoder && !a.tie_word_embeddings)
        parts.matrix(family.head, {a.vocab_size, hidden});
    return std::move(parts.tensors);
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
                             ", which is no part of the " + architecture.family +
                             " models this version can run",
                         ""};
    return {};
}

void complete_from_tensors(Architecture& architecture, const formats::TensorSource& tensors)
{
    const Family& family = family_of(architecture);
    if (!family.is_encoder)
        return;
    const std::string pooler = std::string(family.root) + ".pooler.dense.weight";
    for (const formats::TensorInfo& info : tensors.tensors()) {
        architecture.has_pooler = architecture.has_pooler || info.name == pooler;
        architecture.has_lm_head = architecture.has_lm_head || info.name == family.masked_bias;
    }
}

Result<std::shared_ptr<const formats::TensorSource>>
with_full_names(std::shared_ptr<const formats::TensorSource> tensors,
                const Architecture& architecture, std::string_view source_name)
{
    const Family& family = family_of(architecture);
    const std::string root = std::string(family.root) + ".";
    const std::string anchor = std::string(family.embeddings) + ".weight";
    bool has_root = false;
    for (const formats::TensorInfo& info : tensors->tensors())
        has_root = has_root || info.name == anchor;
    formats::TensorIndex index;
    bool changed = false;
    for (formats::TensorInfo info : tensors->tensors()) {
        std::string name = modern_name(info.name);
        const bool outside = name.starts_with("cls.") || name.starts_with("lm_head.");
        if (!has_root && !outside)
            name = root + name;
        changed = changed || name != info.name;
        info.name = name;
        if (!index.add(std::move(info)))
            return invalid(source_name, "tensor " + name + " is there under two names");
    }
    if (!changed)
        return tensors;
    return std::shared_ptr<const formats::TensorSource>(
        std::make_shared<RenamedTensors>(std::move(tensors), std::move(index)));
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
