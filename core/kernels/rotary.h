#pragma once

/// @file
/// Rotary position embedding, half-rotation as in Hugging Face's modeling_llama.py (Su et al. 2021,
/// arXiv:2104.09864).

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lyceum::kernels {

/// Cosines and sines of every angle up to a position, grown as longer texts come. Not shared
/// between threads.
class RotaryTable {
public:
    /// Frequencies theta^(-2i / head_dim).
    RotaryTable(std::int64_t head_dim, double theta);
    /// @param frequencies [head_dim / 2] float32. @param scale of cosines and sines.
    RotaryTable(at::Tensor frequencies, double scale);

    /// [at least num_positions, 2, head_dim / 2] float32: cosines, then sines, of position *
    /// frequency, times the scale.
    [[nodiscard]] const at::Tensor& upto(std::int64_t num_positions);

private:
    at::Tensor frequencies_;
    double scale_;
    at::Tensor table_;
};

/// theta^(-2i / head_dim), i from 0 to head_dim / 2, in float32 throughout, as the reference does:
/// the last bits of an angle matter at far positions.
[[nodiscard]] at::Tensor rotary_frequencies(std::int64_t head_dim, double theta);

/// Rows of a table for some positions. @param positions [T]. @return [T, 2, head_dim / 2]
[[nodiscard]] at::Tensor rotary_rows(const at::Tensor& positions, const at::Tensor& frequencies,
                                     double scale);

/// @param x [N, heads * head_dim] contiguous; bfloat16 and float16 are turned in float32, float64
/// in plain operations. @param positions [N] int64, on the CPU.
/// @param table long enough for every position. @return a new tensor of x's shape; no gradient is
/// recorded.
[[nodiscard]] at::Tensor rotate(const at::Tensor& x, const at::Tensor& table,
                                const at::Tensor& positions, std::int64_t head_dim);
/// The same in place; `inverse` undoes it (and is its gradient).
enum class Direction { Forward, Inverse };
void rotate_in_place(at::Tensor& x, const at::Tensor& table, const at::Tensor& positions,
                     std::int64_t head_dim, Direction direction);

namespace reference {
/// rotate() in plain, differentiable ATen operations.
[[nodiscard]] at::Tensor rotate(const at::Tensor& x, const at::Tensor& table,
                                const at::Tensor& positions, std::int64_t head_dim);
} // namespace reference

} // namespace lyceum::kernels
