#pragma once

/// @file
/// RMSNorm and SwiGLU as one pass each, forward and backward. N rows, D columns. The arithmetic is
/// float32; bfloat16 and float16 are converted at its borders and come out in their type; float64
/// takes the plain operations of `reference`.

#include <ATen/core/Tensor.h>

namespace lyceum::kernels {

/// Root mean square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467): x / sqrt(mean(x^2) +
/// eps) * weight.
/// @param x [N, D]. @param weight [D].
[[nodiscard]] at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);

/// silu(gate) * up (Shazeer 2020, arXiv:2002.05202). @param gate, up of one shape.
[[nodiscard]] at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up);

namespace reference {
[[nodiscard]] at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);
[[nodiscard]] at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up);
} // namespace reference

} // namespace lyceum::kernels
