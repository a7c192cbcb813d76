#pragma once

/// @file
/// Linear: y = x W^T + b, with LoRA on top if asked for: + (alpha / rank) dropout(x) A^T B^T
/// (Hu et al. 2021, arXiv:2106.09685). Under runtime::AutocastScope the products run in its type.

#include "core/nn/lora.h"

#include <torch/torch.h>

namespace lyceum::nn {

/// A module with one parameter, `weight`: so that names come out as Hugging Face's.
class Weight : public torch::nn::Module {
public:
    explicit Weight(at::Tensor value);
    at::Tensor weight;
};

/// How a linear's weight lies: [out, in], or [in, out] as in GPT-2's Conv1D.
enum class WeightLayout : std::uint8_t { OutIn, InOut };

class Linear : public torch::nn::Module {
public:
    /// @param weight taken as it is. @param bias [out], or undefined.
    explicit Linear(at::Tensor weight, at::Tensor bias = {},
                    WeightLayout layout = WeightLayout::OutIn);

    /// @param x [N, in]. @return [N, out]. Without gradients and N = 1 it runs at the speed of
    /// memory.
    [[nodiscard]] at::Tensor forward(const at::Tensor& x);

    /// Adds A [rank, in], uniform in +-1 / sqrt(in), and B [out, rank], zero; freezes `weight`.
    void add_lora(const LoraOptions& options, at::Generator generator);
    /// weight += (alpha / rank) B A; A and B are gone.
    void merge_lora();

    [[nodiscard]] bool has_lora() const noexcept { return lora_a_ != nullptr; }

    at::Tensor weight;
    at::Tensor bias;

private:
    /// weight as [out, in], a view.
    [[nodiscard]] at::Tensor matrix() const;
    [[nodiscard]] at::Tensor multiply(const at::Tensor& x);

    WeightLayout layout_;
    std::shared_ptr<Weight> lora_a_;
    std::shared_ptr<Weight> lora_b_;
    double scale_ = 0.0;
    double dropout_ = 0.0;
};

/// x [N, in] times the transpose of weight [out, in], outside autograd's sight when there is
/// nothing to learn.
[[nodiscard]] at::Tensor project(const at::Tensor& x, const at::Tensor& weight);

/// x in the type that products run in: once for several linears that read it.
[[nodiscard]] at::Tensor as_product_input(const at::Tensor& x);

} // namespace lyceum::nn
