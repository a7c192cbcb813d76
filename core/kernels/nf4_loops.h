#pragma once

/// @file
/// NF4's inner loops, free of LibTorch. Nothing here may be contracted to a fused multiply-add: the
/// codes and values are to be exact.

#include <array>
#include <cstdint>

namespace lyceum::kernels::nf4 {

inline constexpr std::int64_t kBlock = 64;       ///< Numbers to a scale.
inline constexpr std::int64_t kScaleBlock = 256; ///< Scales to a scale of scales.

/// The 16 quantiles (Dettmers et al. 2023, appendix E).
[[nodiscard]] const std::array<float, 16>& code_book();
/// The 256 values of the dynamic 8-bit type (Dettmers 2015, arXiv:1511.04561), ascending.
[[nodiscard]] const std::array<float, 256>& scale_book();

/// The largest magnitude of each block of `block` numbers, for blocks [begin, end).
void largest_magnitudes(const float* values, std::int64_t count, std::int64_t block, float* out,
                        std::int64_t begin, std::int64_t end);

/// Codes of the numbers of blocks [begin, end), two to a byte.
void encode(const float* values, std::int64_t count, const float* scales, std::uint8_t* codes,
            std::int64_t begin, std::int64_t end);
/// Codes of scales: one block of kScaleBlock or fewer.
void encode_scales(const float* values, std::int64_t count, float scale, std::uint8_t* codes);

/// Numbers [begin, end). @param scales of every block that they touch, `scales[0]` of the first.
void decode(const std::uint8_t* codes, const float* scales, float* out, std::int64_t begin,
            std::int64_t end);

} // namespace lyceum::kernels::nf4
