#pragma once

/// @file
/// Linear: y = x W^T + b, with LoRA on top if asked for: + s dropout(x) A^T B^T, s = alpha / rank
/// (Hu et al. 2021, arXiv:2106.09685) or alpha / sqrt(rank) (rsLoRA, Kalajdzievski 2023,
/// arXiv:2312.03732); or DoRA, which learns the length m of each row of W + s B A apart from its
/// direction: y = m / ||W + s B A|| x (W + s B A)^T + b (Liu et al. 2024, arXiv:2402.09353).

#include "core/kernels/nf4.h"
#include "core/nn/lora.h"

#include <torch/torch.h>

#include <optional>

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

    /// Keeps `values`, in the weight's layout, in NF4 and gives up `weight`: from then on it is
    /// undefined and no parameter. As bitsandbytes, blocks run along the rows of [out, in].
    void quantize(const at::Tensor& values);
    [[nodiscard]] bool is_quantized() const noexcept { return quantized_.has_value(); }
    [[nodiscard]] const kernels::Nf4Matrix& quantized() const { return quantized_.value(); }

    /// Adds A [rank, in], uniform in +-1 / sqrt(in), B [out, rank], zero, and with DoRA the lengths
    /// [out], ones; freezes `weight`.
    /// @param generator undefined: A stays uninitialised, for values that are read from a file.
    void add_lora(const LoraOptions& options, const std::optional<at::Generator>& generator);
    /// With DoRA: sets the lengths to those of the weight's rows, so that nothing changes yet.
    void start_dora();
    /// Folds LoRA into `weight`; A, B and the lengths are gone. Not with a quantised weight.
    void merge_lora();

    [[nodiscard]] bool has_lora() const noexcept { return lora_a_ != nullptr; }

    at::Tensor weight;
    at::Tensor bias;

private:
    /// Of rows' lengths, as long as A and B stay as they are.
    struct KnownLengths {
        std::uint32_t version_a = 0;
        std::uint32_t version_b = 0;
        at::Tensor lengths;
    };

    /// weight as [out, in], a view.
    [[nodiscard]] at::Tensor matrix() const;
    /// x W^T
    [[nodiscard]] at::Tensor base_product(const at::Tensor& x) const;
    [[nodiscard]] at::Tensor multiply(const at::Tensor& x);
    [[nodiscard]] at::Tensor multiply_dora(const at::Tensor& x);
    /// x (W + s B A)^T
    [[nodiscard]] at::Tensor adapted_product(const at::Tensor& x) const;
    /// The lengths of the rows of W + s B A, [out], without gradient (section 4.3 of DoRA).
    [[nodiscard]] at::Tensor row_lengths() const;
    [[nodiscard]] at::Tensor known_row_lengths();
    [[nodiscard]] bool drops() const noexcept { return is_training() && dropout_ > 0.0; }

    WeightLayout layout_;
    std::int64_t in_;
    std::int64_t out_;
    std::optional<kernels::Nf4Matrix> quantized_;
    std::shared_ptr<Weight> lora_a_;
    std::shared_ptr<Weight> lora_b_;
    at::Tensor magnitude_; ///< DoRA's m, [out]; undefined without.
    std::optional<KnownLengths> known_;
    double scale_ = 0.0;
    double dropout_ = 0.0;
};

/// x [N, in] times the transpose of weight [out, in], outside autograd's sight when there is
/// nothing to learn.
[[nodiscard]] at::Tensor project(const at::Tensor& x, const at::Tensor& weight);

} // namespace lyceum::nn
