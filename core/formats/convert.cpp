#include "core/formats/convert.h"

#include <array>
#include <cstring>

namespace lyceum::formats {
namespace {

constexpr std::size_t kHalf = kQuantBlock / 2;

float load_half(const std::byte* at)
{
    std::uint16_t half;
    std::memcpy(&half, at, sizeof(half));
    return half_to_float(half);
}

std::array<std::uint8_t, kHalf> load_nibbles(const std::byte* at)
{
    std::array<std::uint8_t, kHalf> packed;
    std::memcpy(packed.data(), at, packed.size());
    return packed;
}

/// The fifth bits of Q5_0 and Q5_1: bit j of a 32-bit word belongs to element j.
std::array<std::uint8_t, kQuantBlock> load_fifth_bits(const std::byte* at)
{
    std::uint32_t word;
    std::memcpy(&word, at, sizeof(word));
    std::array<std::uint8_t, kQuantBlock> bits;
    for (std::size_t j = 0; j < kQuantBlock; ++j)
        bits[j] = static_cast<std::uint8_t>(((word >> j) & 1U) << 4);
    return bits;
}

} // namespace

void convert_f32(const std::byte* source, std::size_t num_blocks, float* out)
{
    if (num_blocks > 0)
        std::memcpy(out, source, num_blocks * sizeof(float));
}

void convert_f64(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t i = 0; i < num_blocks; ++i) {
        double value;
        std::memcpy(&value, source + sizeof(value) * i, sizeof(value));
        out[i] = static_cast<float>(value);
    }
}

void convert_f16(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t i = 0; i < num_blocks; ++i)
        out[i] = load_half(source + 2 * i);
}

void convert_bf16(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t i = 0; i < num_blocks; ++i) {
        std::uint16_t high;
        std::memcpy(&high, source + 2 * i, sizeof(high));
        const std::uint32_t bits = static_cast<std::uint32_t>(high) << 16;
        std::memcpy(out + i, &bits, sizeof(bits));
    }
}

void convert_q4_0(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 18, out += kQuantBlock) {
        const float scale = load_half(source);
        const auto packed = load_nibbles(source + 2);
        for (std::size_t j = 0; j < kHalf; ++j)
            out[j] = static_cast<float>((packed[j] & 0x0F) - 8) * scale;
        for (std::size_t j = 0; j < kHalf; ++j)
            out[j + kHalf] = static_cast<float>((packed[j] >> 4) - 8) * scale;
    }
}

void convert_q4_1(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 20, out += kQuantBlock) {
        const float scale = load_half(source);
        const float minimum = load_half(source + 2);
        const auto packed = load_nibbles(source + 4);
        for (std::size_t j = 0; j < kHalf; ++j)
            out[j] = static_cast<float>(packed[j] & 0x0F) * scale + minimum;
        for (std::size_t j = 0; j < kHalf; ++j)
            out[j + kHalf] = static_cast<float>(packed[j] >> 4) * scale + minimum;
    }
}

void convert_q5_0(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 22, out += kQuantBlock) {
        const float scale = load_half(source);
        const auto fifth = load_fifth_bits(source + 2);
        const auto packed = load_nibbles(source + 6);
        for (std::size_t j = 0; j < kHalf; ++j) {
            out[j] = static_cast<float>(((packed[j] & 0x0F) | fifth[j]) - 16) * scale;
            out[j + kHalf] = static_cast<float>(((packed[j] >> 4) | fifth[j + kHalf]) - 16) * scale;
        }
    }
}

void convert_q5_1(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 24, out += kQuantBlock) {
        const float scale = load_half(source);
        const float minimum = load_half(source + 2);
        const auto fifth = load_fifth_bits(source + 4);
        const auto packed = load_nibbles(source + 8);
        for (std::size_t j = 0; j < kHalf; ++j) {
            out[j] = static_cast<float>((packed[j] & 0x0F) | fifth[j]) * scale + minimum;
            out[j + kHalf] =
                static_cast<float>((packed[j] >> 4) | fifth[j + kHalf]) * scale + minimum;
        }
    }
}

void convert_q8_0(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 34, out += kQuantBlock) {
        const float scale = load_half(source);
        std::array<std::int8_t, kQuantBlock> quants;
        std::memcpy(quants.data(), source + 2, quants.size());
        for (std::size_t j = 0; j < kQuantBlock; ++j)
            out[j] = static_cast<float>(quants[j]) * scale;
    }
}

std::uint16_t float_to_half(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint16_t>(sign | 0x7E00U);
    if (magnitude >= 0x477FF000U) // 65520 and up round to infinity
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    if (magnitude < 0x38800000U) {
        // Below 2^-14: adding 0.5 leaves a subnormal half's bits, rounded, at the end of the sum.
        const float sum = std::bit_cast<float>(magnitude) + 0.5F;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(sum) - 0x3F000000U));
    }
    const std::uint32_t odd = (magnitude >> 13) & 1U;
    const std::uint32_t rounded = magnitude - 0x38000000U + 0x0FFFU + odd;
    return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

std::uint16_t float_to_bfloat16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U)
        return static_cast<std::uint16_t>((bits >> 16) | 0x0040U);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

} // namespace lyceum::formats
