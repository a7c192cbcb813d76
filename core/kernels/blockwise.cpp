#include "core/kernels/blockwise.h"

#include "core/kernels/vector_clones.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace lyceum::kernels {
namespace {

constexpr int kDecades = 7;

/// In each decade below 1 the middles of equal parts of its upper nine tenths, twice as many parts
/// in each decade as in the one below; and 0 and 1.
DynamicCode make_code(bool is_signed)
{
    std::array<double, 256> values{};
    std::size_t count = 0;
    for (int decade = 0; decade < kDecades; ++decade) {
        const int parts = 1 << (is_signed ? decade : decade + 1);
        const double scale = std::pow(10.0, decade - kDecades + 1);
        for (int part = 0; part < parts; ++part) {
            const double middle = 0.1 + 0.9 * (part + 0.5) / parts;
            values.at(count++) = scale * middle;
            if (is_signed)
                values.at(count++) = -scale * middle;
        }
    }
    values.at(count++) = 0.0;
    values.at(count) = 1.0;
    std::ranges::sort(values);
    DynamicCode code{};
    for (std::size_t i = 0; i < values.size(); ++i)
        code.values.at(i) = static_cast<float>(values.at(i));
    for (std::size_t i = 0; i < code.boundaries.size(); ++i)
        code.boundaries.at(i) = static_cast<float>((values.at(i) + values.at(i + 1)) / 2.0);
    return code;
}

[[gnu::always_inline]] inline void pack_block(const float* values, std::uint8_t* codes,
                                              float& scale, const float* boundaries,
                                              std::int64_t count)
{
    float largest = 0;
#pragma omp simd reduction(max : largest)
    for (std::int64_t i = 0; i < count; ++i)
        largest = std::max(largest, std::abs(values[i]));
    scale = largest;
    const float inverse = largest > 0 ? 1.0F / largest : 0.0F;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
        const float value = values[i] * inverse;
        std::int32_t index = 0;
        for (std::int32_t step = 128; step > 0; step /= 2)
            index += value > boundaries[index + step - 1] ? step : 0;
        codes[i] = static_cast<std::uint8_t>(index);
    }
}

[[gnu::always_inline]] inline void unpack_block(const std::uint8_t* codes, float scale,
                                                float* values, const float* table,
                                                std::int64_t count)
{
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = table[codes[i]] * scale;
}

[[gnu::always_inline]] inline std::int64_t count_in(std::int64_t block, std::int64_t size)
{
    return std::min(kBlockValues, size - block * kBlockValues);
}

} // namespace

const DynamicCode& signed_code()
{
    static const DynamicCode kCode = make_code(true);
    return kCode;
}

const DynamicCode& unsigned_code()
{
    static const DynamicCode kCode = make_code(false);
    return kCode;
}

LYCEUM_VECTOR_CLONES
void pack(const float* values, PackedMoment packed, const DynamicCode& code, std::int64_t begin,
          std::int64_t end, std::int64_t size)
{
    for (std::int64_t block = begin; block < end; ++block) {
        const std::int64_t at = block * kBlockValues;
        pack_block(values + at, packed.codes + at, packed.scales[block], code.boundaries.data(),
                   count_in(block, size));
    }
}

LYCEUM_VECTOR_CLONES
void unpack(PackedMoment packed, float* values, const DynamicCode& code, std::int64_t begin,
            std::int64_t end, std::int64_t size)
{
    for (std::int64_t block = begin; block < end; ++block) {
        const std::int64_t at = block * kBlockValues;
        unpack_block(packed.codes + at, packed.scales[block], values + at, code.values.data(),
                     count_in(block, size));
    }
}

LYCEUM_VECTOR_CLONES
void adamw_step(float* parameter, const float* gradient, PackedMoment first, PackedMoment second,
                const PackedAdamW& step, std::int64_t begin, std::int64_t end, std::int64_t size)
{
    const auto& first_code = signed_code();
    const auto& second_code = unsigned_code();
    float m[kBlockValues];
    float v[kBlockValues];
    for (std::int64_t block = begin; block < end; ++block) {
        const std::int64_t at = block * kBlockValues;
        const std::int64_t count = count_in(block, size);
        unpack_block(first.codes + at, first.scales[block], m, first_code.values.data(), count);
        unpack_block(second.codes + at, second.scales[block], v, second_code.values.data(), count);
        float* p = parameter + at;
        const float* g = gradient + at;
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i) {
            m[i] = step.beta1 * m[i] + (1.0F - step.beta1) * g[i];
            v[i] = step.beta2 * v[i] + (1.0F - step.beta2) * g[i] * g[i];
            const float denominator = std::sqrt(v[i]) * step.second_scale + step.eps;
            p[i] = p[i] * step.keep - step.step_size * m[i] / denominator;
        }
        pack_block(m, first.codes + at, first.scales[block], first_code.boundaries.data(), count);
        pack_block(v, second.codes + at, second.scales[block], second_code.boundaries.data(),
                   count);
    }
}

LYCEUM_VECTOR_CLONES
void lion_step(float* parameter, const float* gradient, PackedMoment moment, const PackedLion& step,
               std::int64_t begin, std::int64_t end, std::int64_t size)
{
    const auto& code = signed_code();
    float m[kBlockValues];
    for (std::int64_t block = begin; block < end; ++block) {
        const std::int64_t at = block * kBlockValues;
        const std::int64_t count = count_in(block, size);
        unpack_block(moment.codes + at, moment.scales[block], m, code.values.data(), count);
        float* p = parameter + at;
        const float* g = gradient + at;
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i) {
            const float direction = step.beta1 * m[i] + (1.0F - step.beta1) * g[i];
            const float sign = direction > 0 ? 1.0F : direction < 0 ? -1.0F : 0.0F;
            p[i] = p[i] * step.keep - step.learning_rate * sign;
            m[i] = step.beta2 * m[i] + (1.0F - step.beta2) * g[i];
        }
        pack_block(m, moment.codes + at, moment.scales[block], code.boundaries.data(), count);
    }
}

} // namespace lyceum::kernels
