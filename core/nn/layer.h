#pragma once

/// @file
/// The blocks of a transformer: norm, attention, feed-forward, layer, each as the architecture
/// says. Tokens are flat: N = B * T rows of D.

#include "core/kernels/attention.h"
#include "core/models/family.h"
#include "core/nn/kv_cache.h"
#include "core/nn/linear.h"
#include "core/nn/rotary.h"

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace lyceum::nn {

/// Makes the storage of a parameter of a shape.
using MakeParameter = std::function<at::Tensor(std::vector<std::int64_t> shape)>;

/// Registers `part` below `root` under a name with dots; the modules on the way are made.
void register_at(torch::nn::Module& root, std::string_view name,
                 std::shared_ptr<torch::nn::Module> part);

/// What every layer needs to know about the tokens of a training forward.
struct PackedTokens {
    Rotary::Angles angles; ///< Empty where positions are learned.
    std::vector<kernels::Span> spans;
};

/// The same for a generation forward.
struct CachedTokens {
    Rotary::Angles angles;
    std::vector<NewTokens> rows;
    KvCache* cache = nullptr;
};

/// RMSNorm, or LayerNorm with its bias.
class Norm : public torch::nn::Module {
public:
    Norm(const models::Architecture& architecture, std::int64_t size, const MakeParameter& make);
    /// @param x [N, size].
    [[nodiscard]] at::Tensor forward(const at::Tensor& x);

    at::Tensor weight;
    at::Tensor bias; ///< Undefined for RMSNorm.

private:
    double eps_;
};

/// A norm with a name of the model; null where the family has none of that name.
[[nodiscard]] std::shared_ptr<Norm> add_norm(torch::nn::Module& root, std::string_view name,
                                             std::int64_t size,
                                             const models::Architecture& architecture,
                                             const MakeParameter& make);

/// Finds or makes the matrices of a layer by the family's names.
class LayerLinears {
public:
    LayerLinears(torch::nn::Module& layer, const models::Architecture& architecture,
                 const MakeParameter& make);
    /// Null when the family has no such part.
    [[nodiscard]] std::shared_ptr<Linear> get(std::string_view name) const;

private:
    std::vector<std::pair<std::string_view, std::shared_ptr<Linear>>> linears_;
};

class Attention {
public:
    Attention(torch::nn::Module& layer, const LayerLinears& linears,
              const models::Architecture& architecture, std::int64_t index,
              const MakeParameter& make);

    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const PackedTokens& tokens,
                                     bool is_training);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const CachedTokens& tokens);

private:
    struct Heads {
        at::Tensor q, k, v; ///< [N, H * E], [N, K * E], [N, K * E]
    };
    [[nodiscard]] Heads heads(const at::Tensor& x);
    /// Several new tokens of one slot, q [T, H * E], over `past` and themselves.
    [[nodiscard]] at::Tensor attend_many(const at::Tensor& q, std::int64_t slot, std::int64_t past,
                                         const KvCache::Layer& memory) const;

    std::size_t index_;
    kernels::AttentionShape shape_;
    double dropout_;
    std::shared_ptr<Linear> query_, key_, value_, fused_, output_;
    std::shared_ptr<Norm> query_norm_, key_norm_;
};

class FeedForward {
public:
    FeedForward(const LayerLinears& linears, const models::Architecture& architecture);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x);

private:
    std::string activation_;
    std::shared_ptr<Linear> gate_, up_, down_;
};

/// "gelu_new" and its like, of models::activations().
[[nodiscard]] at::Tensor activate(const at::Tensor& x, const std::string& name);

/// Normalises before each block, or (encoders) behind it.
class Layer : public torch::nn::Module {
public:
    Layer(const models::Architecture& architecture, std::int64_t index, const MakeParameter& make);

    /// @param x [N, D]. @return [N, D]
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const PackedTokens& tokens);
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const CachedTokens& tokens);

private:
    template <typename Attend>
    [[nodiscard]] at::Tensor run(const at::Tensor& x, Attend attend);
    [[nodiscard]] at::Tensor dropped(const at::Tensor& x) const;

    bool normalises_after_;
    double dropout_;
    LayerLinears linears_;
    Attention attention_;
    FeedForward mlp_;
    std::shared_ptr<Norm> attention_norm_, mlp_norm_;
};

} // namespace lyceum::nn
