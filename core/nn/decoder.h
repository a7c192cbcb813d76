#pragma once

/// @file
/// The blocks of a Llama decoder: attention, feed-forward, layer. Tokens are flat: N = B * T rows
/// of D.

#include "core/kernels/attention.h"
#include "core/nn/kv_cache.h"
#include "core/nn/linear.h"

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <vector>

namespace lyceum::nn {

/// Makes the storage of a parameter of a shape.
using MakeParameter = std::function<at::Tensor(std::vector<std::int64_t> shape)>;

/// What every layer needs to know about the tokens of a training forward.
struct PackedTokens {
    at::Tensor rotary;    ///< kernels::RotaryTable's, long enough.
    at::Tensor positions; ///< [N] int64
    std::vector<kernels::Span> spans;
};

/// The same for a generation forward: B rows of T new tokens.
struct CachedTokens {
    at::Tensor rotary;
    at::Tensor positions; ///< [N] int64
    std::vector<std::int64_t> slots;
    std::int64_t tokens_per_row = 1;
    KvCache* cache = nullptr;
};

class SelfAttention : public torch::nn::Module {
public:
    SelfAttention(const models::Architecture& architecture, const MakeParameter& make);

    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const PackedTokens& tokens);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const CachedTokens& tokens,
                                     std::size_t layer);

private:
    [[nodiscard]] at::Tensor attend_many(const at::Tensor& q, const CachedTokens& tokens,
                                         const KvCache::Layer& memory) const;

    kernels::AttentionShape shape_;
    std::shared_ptr<Linear> q_proj_, k_proj_, v_proj_, o_proj_;
};

class FeedForward : public torch::nn::Module {
public:
    FeedForward(const models::Architecture& architecture, const MakeParameter& make);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x);

private:
    std::shared_ptr<Linear> gate_proj_, up_proj_, down_proj_;
};

class DecoderLayer : public torch::nn::Module {
public:
    DecoderLayer(const models::Architecture& architecture, const MakeParameter& make);

    /// @param x [N, D]. @return [N, D]
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const PackedTokens& tokens);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const CachedTokens& tokens,
                                     std::size_t layer);

private:
    double eps_;
    std::shared_ptr<SelfAttention> self_attn_;
    std::shared_ptr<FeedForward> mlp_;
    std::shared_ptr<Weight> input_layernorm_, post_attention_layernorm_;
};

} // namespace lyceum::nn
