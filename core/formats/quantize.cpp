#include "core/formats/quantize.h"

#include "core/formats/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace lyceum::formats {
namespace {

constexpr float kHalfLimit = 65519.996F; // 65520 and up round to infinity

void store(std::byte* at, std::uint16_t bits)
{
    std::memcpy(at, &bits, sizeof(bits));
}

/// 1 / scale; 0 for a scale of 0, and for one whose inverse is no float: its values round to 0.
float inverse(float scale)
{
    const float inverted = 1.0F / scale;
    return scale == 0.0F || std::isinf(inverted) ? 0.0F : inverted;
}

/// Halves away from zero, as gguf-py's np_roundf does it.
float round_half_away(float value)
{
    const float magnitude = std::fabs(value);
    const float whole = std::floor(magnitude);
    return std::copysign(whole + std::floor(2.0F * (magnitude - whole)), value);
}

} // namespace

void quantize_f32(const float* source, std::size_t num_blocks, std::byte* out)
{
    if (num_blocks > 0)
        std::memcpy(out, source, num_blocks * sizeof(float));
}

void quantize_f16(const float* source, std::size_t num_blocks, std::byte* out)
{
    for (std::size_t i = 0; i < num_blocks; ++i)
        store(out + 2 * i, float_to_half(source[i]));
}

void quantize_bf16(const float* source, std::size_t num_blocks, std::byte* out)
{
    for (std::size_t i = 0; i < num_blocks; ++i)
        store(out + 2 * i, float_to_bfloat16(source[i]));
}

void quantize_q4_0(const float* source, std::size_t num_blocks, std::byte* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += kQuantBlock, out += 18) {
        float extreme =
            source[0]; // the one of largest magnitude, with its sign; the first of equals
        for (std::size_t j = 1; j < kQuantBlock; ++j)
            if (std::fabs(source[j]) > std::fabs(extreme))
                extreme = source[j];
        const float scale = extreme / -8.0F;
        const float factor = inverse(scale);
        std::array<std::uint8_t, kQuantBlock> quants;
        for (std::size_t j = 0; j < kQuantBlock; ++j)
            quants[j] = static_cast<std::uint8_t>(std::min(source[j] * factor + 8.5F, 15.0F));
        store(out, float_to_half(scale));
        for (std::size_t j = 0; j < kQuantBlock / 2; ++j)
            out[2 + j] = static_cast<std::byte>(quants[j] | (quants[j + kQuantBlock / 2] << 4));
    }
}

void quantize_q8_0(const float* source, std::size_t num_blocks, std::byte* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += kQuantBlock, out += 34) {
        float largest = 0.0F;
        for (std::size_t j = 0; j < kQuantBlock; ++j)
            largest = std::max(largest, std::fabs(source[j]));
        const float scale = largest / 127.0F;
        const float factor = inverse(scale);
        store(out, float_to_half(scale));
        for (std::size_t j = 0; j < kQuantBlock; ++j)
            out[2 + j] = static_cast<std::byte>(
                static_cast<std::int8_t>(round_half_away(source[j] * factor)));
    }
}

float largest_of(const GgmlType& type) noexcept
{
    if (type.from_float32 == quantize_f16)
        return kHalfLimit;
    if (type.from_float32 == quantize_q4_0)
        return kHalfLimit * 8.0F;
    if (type.from_float32 == quantize_q8_0)
        return kHalfLimit * 127.0F;
    if (type.from_float32 == quantize_bf16)
        return std::bit_cast<float>(0x7F7F7FFFU); // above it, rounding gives infinity
    return std::numeric_limits<float>::max();
}

std::optional<float> find_unfit(std::span<const float> values, const GgmlType& type)
{
    const float limit = largest_of(type);
    const auto fits = [limit](float value) { return std::fabs(value) <= limit; };
    const auto unfit = std::ranges::find_if_not(values, fits);
    return unfit == values.end() ? std::nullopt : std::optional(*unfit);
}

} // namespace lyceum::formats
