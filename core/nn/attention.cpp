#include "core/kernels/rotary.h"
#include "core/nn/layer.h"

#include <cmath>

namespace lyceum::nn {
namespace {

/// New keys or values of one row, [T, K * E], into its slot behind what is there.
void append(const at::Tensor& memory, const at::Tensor& added, std::int64_t slot,
            std::int64_t length, const kernels::AttentionShape& shape)
{
    const std::int64_t count = added.size(0);
    memory.select(0, slot)
        .narrow(1, length, count) // [K, T, E]
        .copy_(added.view({count, shape.num_key_value_heads, shape.head_dim}).transpose(0, 1));
}

kernels::AttentionShape shape_of(const models::Architecture& a, std::int64_t index)
{
    double scale = a.scale_attn_weights ? 1.0 / std::sqrt(static_cast<double>(a.head_dim)) : 1.0;
    if (a.scale_attn_by_inverse_layer_idx)
        scale /= static_cast<double>(index + 1);
    return {.num_heads = a.num_attention_heads,
            .num_key_value_heads = a.num_key_value_heads,
            .head_dim = a.head_dim,
            .is_causal = !models::family_of(a).is_encoder,
            .window = a.window_of(index),
            .scale = scale};
}

/// A norm of each head, x [N, heads * E].
at::Tensor normalised_heads(const std::shared_ptr<Norm>& norm, const at::Tensor& x)
{
    if (norm == nullptr)
        return x;
    return norm->forward(x.reshape({-1, norm->weight.size(0)})).view(x.sizes());
}

} // namespace

Attention::Attention(torch::nn::Module& layer, const LayerLinears& linears,
                     const models::Architecture& architecture, std::int64_t index,
                     const MakeParameter& make)
    : index_(static_cast<std::size_t>(index))
    , shape_(shape_of(architecture, index))
    , dropout_(architecture.attention_dropout)
{
    const models::LayerNames& names = models::family_of(architecture).layer;
    query_ = linears.get(names.query);
    key_ = linears.get(names.key);
    value_ = linears.get(names.value);
    fused_ = linears.get(names.fused);
    output_ = linears.get(names.output);
    query_norm_ = add_norm(layer, names.query_norm, shape_.head_dim, architecture, make);
    key_norm_ = add_norm(layer, names.key_norm, shape_.head_dim, architecture, make);
}

Attention::Heads Attention::heads(const at::Tensor& x)
{
    Heads heads;
    if (fused_ != nullptr) {
        const std::vector<at::Tensor> parts = fused_->forward(x).chunk(3, -1);
        heads = {parts[0].contiguous(), parts[1].contiguous(), parts[2].contiguous()};
    } else {
        const at::Tensor input = as_product_input(x);
        heads = {query_->forward(input), key_->forward(input), value_->forward(input)};
    }
    heads.q = normalised_heads(query_norm_, heads.q);
    heads.k = normalised_heads(key_norm_, heads.k);
    return heads;
}

at::Tensor Attention::forward(const at::Tensor& x, const PackedTokens& tokens, bool is_training)
{
    const auto [q, k, v] = heads(x);
    const auto& [table, positions] = tokens.angles;
    if (is_training && dropout_ > 0.0)
        return output_->forward(kernels::attention_with_dropout(q, k, v, table, positions,
                                                                tokens.spans, shape_, dropout_));
    return output_->forward(kernels::attention(q, k, v, table, positions, tokens.spans, shape_));
}

at::Tensor Attention::forward(const at::Tensor& x, const CachedTokens& tokens)
{
    auto [q, k, v] = heads(x);
    const auto& [table, positions] = tokens.angles;
    if (table.defined()) {
        kernels::rotate_in_place(q, table, positions, shape_.head_dim, kernels::Direction::Forward);
        kernels::rotate_in_place(k, table, positions, shape_.head_dim, kernels::Direction::Forward);
    }
    const KvCache::Layer& memory = tokens.cache->layer(index_);
    std::vector<std::int64_t> places; // Of the rows with one token each.
    std::vector<std::int64_t> slots;
    std::vector<std::int64_t> lengths;
    at::Tensor mixed;
    std::int64_t first = 0;
    for (const auto& [slot, count] : tokens.rows) {
        const std::int64_t past = tokens.cache->length(slot);
        append(memory.keys, k.narrow(0, first, count), slot, past, shape_);
        append(memory.values, v.narrow(0, first, count), slot, past, shape_);
        if (count == 1) {
            places.push_back(first);
            slots.push_back(slot);
            lengths.push_back(past + 1);
        } else {
            if (!mixed.defined())
                mixed = at::empty_like(q);
            mixed.narrow(0, first, count)
                .copy_(attend_many(q.narrow(0, first, count), slot, past, memory));
        }
        first += count;
    }
    if (!mixed.defined())
        return output_->forward(
            kernels::cached_attention(q, memory.keys, memory.values, slots, lengths, shape_));
    if (!places.empty()) {
        const at::Tensor rows = at::tensor(places, at::kLong);
        mixed.index_copy_(0, rows,
                          kernels::cached_attention(q.index_select(0, rows), memory.keys,
                                                    memory.values, slots, lengths, shape_));
    }
    return output_->forward(mixed);
}

at::Tensor Attention::attend_many(const at::Tensor& q, std::int64_t slot, std::int64_t past,
                                  const KvCache::Layer& memory) const
{
    const std::int64_t count = q.size(0);
    const std::int64_t group = shape_.num_heads / shape_.num_key_value_heads;
    const auto seen = [&](const at::Tensor& x) { // [K, G, past + T, E]
        return x.select(0, slot)
            .narrow(1, 0, past + count)
            .unsqueeze(1)
            .expand({-1, group, -1, -1});
    };
    const at::Tensor by_group =
        q.to(at::kFloat)
            .view({count, shape_.num_key_value_heads, group, shape_.head_dim})
            .permute({1, 2, 0, 3}); // [K, G, T, E]
    const at::Tensor mask = kernels::attention_mask(past, count, shape_);
    const at::Tensor mixed = at::scaled_dot_product_attention(
        by_group, seen(memory.keys), seen(memory.values),
        mask.defined() ? std::optional<at::Tensor>(mask) : std::nullopt, 0.0, !mask.defined(),
        shape_.scale);
    return mixed.permute({2, 0, 1, 3}).reshape({count, -1}).to(q.scalar_type()); // [T, H * E]
}

} // namespace lyceum::nn
