#pragma once

/// @file
/// CausalLm: a decoder-only transformer of any family that has a causal head, on LibTorch.
/// Shapes: B rows, T tokens a row, D hidden_size, H heads, K key/value heads, V vocabulary.

#include "core/base/result.h"
#include "core/models/model_package.h"
#include "core/nn/lora.h"
#include "core/nn/packing.h"

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

namespace lyceum::nn {

class KvCache; // core/nn/kv_cache.h
struct NewTokens;

/// Not for two threads at once. A copy is made by loading again.
class CausalLm : public torch::nn::Module {
public:
    /// Parameter names are Hugging Face's ("model.layers.0.self_attn.q_proj.weight"); uninitialised
    /// weights, float32.
    explicit CausalLm(const models::Architecture& architecture);

    /// Training forward. @param ids, positions [B, T] int64; positions restart at 0 in each
    /// segment.
    /// @param segments cover every token that matters, in row order. @return [B, T, D] after the
    /// final norm; tokens outside every segment get values that mean nothing.
    [[nodiscard]] at::Tensor hidden_states(const at::Tensor& ids, const at::Tensor& positions,
                                           const std::vector<Segment>& segments);

    /// Generation forward, without gradients: appends new tokens to slots of the cache, one to a
    /// text that is being written, a whole prompt to an empty slot, in one forward without padding.
    /// @param ids [N] int64, those of all rows one behind the other. @param rows each a slot of its
    /// own. @return [N, D]
    [[nodiscard]] at::Tensor hidden_states(const at::Tensor& ids, KvCache& cache,
                                           const std::vector<NewTokens>& rows);

    /// @param hidden [N, D]. @return [N, V] float32.
    [[nodiscard]] at::Tensor logits(const at::Tensor& hidden);

    /// The matrix `logits` multiplies by, [V, D]: for a loss that works on a part of it at a time.
    [[nodiscard]] const at::Tensor& head_weight() const;

    /// As nn::add_lora and nn::merge_lora.
    [[nodiscard]] Result<void> add_lora(const LoraOptions& options, std::uint64_t seed);
    void merge_lora();

    /// Keeps of every `every`-th layer only its input while training (nn::checkpointed); 1: of all
    /// layers, 0: of none.
    void set_activation_checkpointing(std::int64_t every);

    [[nodiscard]] const models::Architecture& architecture() const noexcept;
    /// Parameters that learn (of LoRA, or all).
    [[nodiscard]] std::int64_t num_trainable() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// Reads the package's tensors (and adapter, unmerged) into a new model.
/// @return InvalidData naming a missing tensor or a shape that differs; Unsupported for an encoder;
/// OutOfMemory.
[[nodiscard]] Result<std::shared_ptr<CausalLm>> load_causal_lm(const models::ModelPackage& package);

} // namespace lyceum::nn
