#pragma once

/// @file
/// Optimizer steps whose moments are kept in 8 bits a value: each block of 256 has a scale, its
/// largest magnitude, and each value is the nearest of 256 fixed ones times that scale. A block is
/// unpacked, updated and packed again without leaving the cache. Float32 parameters.
/// Source: Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022,
/// arXiv:2110.02861; steps and codes as in bitsandbytes 0.50.

#include <array>
#include <cstdint>

namespace lyceum::kernels {

inline constexpr std::int64_t kBlockValues = 256;

/// The blocks that `size` values need; the last may be partly filled.
[[nodiscard]] constexpr std::int64_t num_blocks(std::int64_t size)
{
    return (size + kBlockValues - 1) / kBlockValues;
}

/// 256 values in [-1, 1] (signed) or [0, 1], ascending, densest around 0: dynamic tree
/// quantisation, Dettmers 2015, arXiv:1511.04561.
struct DynamicCode {
    std::array<float, 256> values;
    std::array<float, 255> boundaries; ///< Half-way between neighbours.
};
[[nodiscard]] const DynamicCode& signed_code();
[[nodiscard]] const DynamicCode& unsigned_code();

struct PackedMoment {
    std::uint8_t* codes; ///< One a value.
    float* scales;       ///< One a block.
};

/// Packs and unpacks whole blocks [begin, end) of `size` values.
void pack(const float* values, PackedMoment packed, const DynamicCode& code, std::int64_t begin,
          std::int64_t end, std::int64_t size);
void unpack(PackedMoment packed, float* values, const DynamicCode& code, std::int64_t begin,
            std::int64_t end, std::int64_t size);

/// parameter = parameter * keep - step_size * m / (sqrt(v) * second_scale + eps), with the new
/// moments m and v.
struct PackedAdamW {
    float beta1, beta2, eps;
    float keep;         ///< 1 - learning rate * weight decay
    float step_size;    ///< learning rate / (1 - beta1^t)
    float second_scale; ///< 1 / sqrt(1 - beta2^t)
};
void adamw_step(float* parameter, const float* gradient, PackedMoment first, PackedMoment second,
                const PackedAdamW& step, std::int64_t begin, std::int64_t end, std::int64_t size);

/// parameter = parameter * keep - learning_rate * sign(beta1 m + (1 - beta1) g), with the old m.
struct PackedLion {
    float beta1, beta2;
    float keep;
    float learning_rate;
};
void lion_step(float* parameter, const float* gradient, PackedMoment moment, const PackedLion& step,
               std::int64_t begin, std::int64_t end, std::int64_t size);

} // namespace lyceum::kernels
