#pragma once

/// @file
/// Encoder: BERT and RoBERTa on LibTorch. Shapes: B rows, T tokens a row, D hidden_size, V
/// vocabulary.

#include "core/base/result.h"
#include "core/models/model_package.h"
#include "core/nn/lora.h"
#include "core/nn/packing.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace lyceum::nn {

/// Not for two threads at once. A copy is made by loading again.
class Encoder : public torch::nn::Module {
public:
    /// Parameter names are Hugging Face's ("bert.encoder.layer.0.attention.self.query.weight");
    /// uninitialised weights, float32.
    explicit Encoder(const models::Architecture& architecture);

    /// @param ids [B, T] int64. @param segments the texts in it; each counts its positions from its
    /// first token (RoBERTa: padding tokens do not count, as in Transformers).
    /// @param token_types [B, T] int64, or undefined: all 0. @return [B, T, D]; tokens outside
    /// every segment get values that mean nothing.
    [[nodiscard]] at::Tensor hidden_states(const at::Tensor& ids,
                                           const std::vector<Segment>& segments,
                                           const at::Tensor& token_types = {});

    /// tanh of a linear layer on each text's first token. @param first [N, D]. @return [N, D].
    /// Needs has_pooler.
    [[nodiscard]] at::Tensor pooled(const at::Tensor& first);

    /// The masked-LM head. @param hidden [N, D]. @return [N, V]. Needs has_lm_head.
    [[nodiscard]] at::Tensor masked_logits(const at::Tensor& hidden);

    [[nodiscard]] const models::Architecture& architecture() const noexcept;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// Reads the package's tensors (and adapter, unmerged) into a new model.
/// @return InvalidData naming a missing tensor or a shape that differs; Unsupported for a model
/// that is no encoder; OutOfMemory.
[[nodiscard]] Result<std::shared_ptr<Encoder>> load_encoder(const models::ModelPackage& package);

} // namespace lyceum::nn
