#pragma once

/// @file
/// Stored weights to float32. Each function reads `num_blocks` blocks of its format at `source` (no
/// alignment needed) and writes num_blocks * (elements a block) floats. Bit for bit what gguf-py's
/// `quants.dequantize` gives. Source of the block layouts: ggml-common.h (block_q4_0, ...) and
/// gguf-py's quants.py.

#include <bit>
#include <cstddef>
#include <cstdint>

namespace lyceum::formats {

inline constexpr std::size_t kQuantBlock =
    32; ///< Elements a block of Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.

inline constexpr std::size_t kQuantBlockK = 256; ///< Elements a block of Q2_K to Q6_K.

void convert_f32(const std::byte* source, std::size_t num_blocks, float* out);
void convert_f64(const std::byte* source, std::size_t num_blocks, float* out);
void convert_f16(const std::byte* source, std::size_t num_blocks, float* out);
void convert_bf16(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q4_0(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q4_1(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q5_0(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q5_1(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q8_0(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q2_k(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q3_k(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q4_k(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q5_k(const std::byte* source, std::size_t num_blocks, float* out);
void convert_q6_k(const std::byte* source, std::size_t num_blocks, float* out);

/// IEEE 754 binary16 to binary32, exact (while the processor does not flush subnormals to zero,
/// which nothing here asks for); without branches, so that loops over it vectorise.
[[nodiscard]] inline float half_to_float(std::uint16_t half)
{
    const std::uint32_t sign = (half & 0x8000U) << 16;
    const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7FFFU) << 13;
    // 2^112 moves the exponent's bias from 15 to 127 and makes halves' subnormals normal.
    const float scaled = std::bit_cast<float>(magnitude) * std::bit_cast<float>(0x77800000U);
    const std::uint32_t infinite = magnitude >= 0x0F800000U ? 0x7F800000U : 0U; // also NaN
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | infinite | sign);
}

/// Float32 to binary16 and bfloat16, to nearest, ties to even; NaN stays NaN.
[[nodiscard]] std::uint16_t float_to_half(float value);
[[nodiscard]] std::uint16_t float_to_bfloat16(float value);

} // namespace lyceum::formats
