#include "core/nn/decoder.h"

#include "core/base/check.h"
#include "core/kernels/pointwise.h"
#include "core/kernels/rotary.h"

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

} // namespace

SelfAttention::SelfAttention(const models::Architecture& architecture, const MakeParameter& make)
    : shape_{.num_heads = architecture.num_attention_heads,
             .num_key_value_heads = architecture.num_key_value_heads,
             .head_dim = architecture.head_dim}
{
    const std::int64_t hidden = architecture.hidden_size;
    const std::int64_t query = shape_.num_heads * shape_.head_dim;
    const std::int64_t key = shape_.num_key_value_heads * shape_.head_dim;
    q_proj_ = register_module("q_proj", std::make_shared<Linear>(make({query, hidden})));
    k_proj_ = register_module("k_proj", std::make_shared<Linear>(make({key, hidden})));
    v_proj_ = register_module("v_proj", std::make_shared<Linear>(make({key, hidden})));
    o_proj_ = register_module("o_proj", std::make_shared<Linear>(make({hidden, query})));
}

at::Tensor SelfAttention::forward(const at::Tensor& x, const PackedTokens& tokens)
{
    const at::Tensor mixed =
        kernels::attention(q_proj_->forward(x), k_proj_->forward(x), v_proj_->forward(x),
                           tokens.rotary, tokens.positions, tokens.spans, shape_);
    return o_proj_->forward(mixed);
}

at::Tensor SelfAttention::forward(const at::Tensor& x, const CachedTokens& tokens,
                                  std::size_t layer)
{
    at::Tensor q = q_proj_->forward(x); // [N, H * E]
    at::Tensor k = k_proj_->forward(x); // [N, K * E]
    const at::Tensor v = v_proj_->forward(x);
    kernels::rotate_in_place(q, tokens.rotary, tokens.positions, shape_.head_dim,
                             kernels::Direction::Forward);
    kernels::rotate_in_place(k, tokens.rotary, tokens.positions, shape_.head_dim,
                             kernels::Direction::Forward);
    const KvCache::Layer& memory = tokens.cache->layer(layer);
    const std::int64_t count = tokens.tokens_per_row;
    std::vector<std::int64_t> lengths;
    for (std::size_t row = 0; row < tokens.slots.size(); ++row) {
        const std::int64_t slot = tokens.slots[row];
        const std::int64_t length = tokens.cache->length(slot);
        const auto first = static_cast<std::int64_t>(row) * count;
        append(memory.keys, k.narrow(0, first, count), slot, length, shape_);
        append(memory.values, v.narrow(0, first, count), slot, length, shape_);
        lengths.push_back(length + count);
    }
    if (count == 1)
        return o_proj_->forward(kernels::cached_attention(q, memory.keys, memory.values,
                                                          tokens.slots, lengths, shape_));
    return o_proj_->forward(attend_many(q, tokens, memory));
}

at::Tensor SelfAttention::attend_many(const at::Tensor& q, const CachedTokens& tokens,
                                      const KvCache::Layer& memory) const
{
    const std::int64_t count = tokens.tokens_per_row;
    const std::int64_t group = shape_.num_heads / shape_.num_key_value_heads;
    at::Tensor out = at::empty_like(q);
    for (std::size_t row = 0; row < tokens.slots.size(); ++row) {
        const std::int64_t past = tokens.cache->length(tokens.slots[row]);
        const auto first = static_cast<std::int64_t>(row) * count;
        const auto by_group = [&](const at::Tensor& x) { // [K, G, T, E]
            return x.narrow(0, first, count)
                .view({count, shape_.num_key_value_heads, group, shape_.head_dim})
                .permute({1, 2, 0, 3});
        };
        const auto seen = [&](const at::Tensor& x) { // [K, G, past + T, E]
            return x.select(0, tokens.slots[row])
                .narrow(1, 0, past + count)
                .unsqueeze(1)
                .expand({-1, group, -1, -1});
        };
        at::Tensor mask; // Token i of the new ones sees past + i + 1.
        if (past > 0)
            mask = at::ones({count, past + count}, at::kBool).tril(past);
        const at::Tensor mixed = at::scaled_dot_product_attention(
            by_group(q), seen(memory.keys), seen(memory.values),
            past > 0 ? std::optional<at::Tensor>(mask) : std::nullopt, 0.0, past == 0);
        by_group(out).copy_(mixed);
    }
    return out;
}

FeedForward::FeedForward(const models::Architecture& architecture, const MakeParameter& make)
{
    const std::int64_t hidden = architecture.hidden_size;
    const std::int64_t inner = architecture.intermediate_size;
    gate_proj_ = register_module("gate_proj", std::make_shared<Linear>(make({inner, hidden})));
    up_proj_ = register_module("up_proj", std::make_shared<Linear>(make({inner, hidden})));
    down_proj_ = register_module("down_proj", std::make_shared<Linear>(make({hidden, inner})));
}

at::Tensor FeedForward::forward(const at::Tensor& x)
{
    return down_proj_->forward(kernels::swiglu(gate_proj_->forward(x), up_proj_->forward(x)));
}

DecoderLayer::DecoderLayer(const models::Architecture& architecture, const MakeParameter& make)
    : eps_(architecture.rms_norm_eps)
{
    const auto norm = [&] { return std::make_shared<Weight>(make({architecture.hidden_size})); };
    self_attn_ = register_module("self_attn", std::make_shared<SelfAttention>(architecture, make));
    mlp_ = register_module("mlp", std::make_shared<FeedForward>(architecture, make));
    input_layernorm_ = register_module("input_layernorm", norm());
    post_attention_layernorm_ = register_module("post_attention_layernorm", norm());
}

at::Tensor DecoderLayer::forward(const at::Tensor& x, const PackedTokens& tokens)
{
    const at::Tensor attended =
        x + self_attn_->forward(kernels::rms_norm(x, input_layernorm_->weight, eps_), tokens);
    return attended +
           mlp_->forward(kernels::rms_norm(attended, post_attention_layernorm_->weight, eps_));
}

at::Tensor DecoderLayer::forward(const at::Tensor& x, const CachedTokens& tokens, std::size_t layer)
{
    const at::Tensor attended =
        x +
        self_attn_->forward(kernels::rms_norm(x, input_layernorm_->weight, eps_), tokens, layer);
    return attended +
           mlp_->forward(kernels::rms_norm(attended, post_attention_layernorm_->weight, eps_));
}

} // namespace lyceum::nn
