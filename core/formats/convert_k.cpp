#include "core/formats/convert.h"

#include <array>
#include <cstring>

namespace lyceum::formats {
namespace {

constexpr std::size_t kGroup = 32; // elements that lie side by side in one bit position

float load_half(const std::byte* at)
{
    std::uint16_t half;
    std::memcpy(&half, at, sizeof(half));
    return half_to_float(half);
}

template <std::size_t N>
std::array<std::uint8_t, N> load_bytes(const std::byte* at)
{
    std::array<std::uint8_t, N> bytes;
    std::memcpy(bytes.data(), at, N);
    return bytes;
}

/// The 6-bit scales and minima of Q4_K and Q5_K, each group's already times its block's.
struct Scales {
    std::array<float, 8> scale;
    std::array<float, 8> minimum;
};

/// @param at d, dmin, then 12 bytes: low 6 bits of the first four scales, of the first four minima,
/// and four bits each of the others, whose top two are the top two of the first.
Scales load_scales(const std::byte* at)
{
    const float d = load_half(at);
    const float dmin = load_half(at + 2);
    const auto packed = load_bytes<12>(at + 4);
    Scales scales;
    for (std::size_t i = 0; i < 4; ++i) {
        const int high = packed[8 + i];
        scales.scale[i] = d * static_cast<float>(packed[i] & 0x3F);
        scales.minimum[i] = dmin * static_cast<float>(packed[4 + i] & 0x3F);
        scales.scale[4 + i] = d * static_cast<float>((high & 0x0F) | ((packed[i] >> 2) & 0x30));
        scales.minimum[4 + i] =
            dmin * static_cast<float>((high >> 4) | ((packed[4 + i] >> 2) & 0x30));
    }
    return scales;
}

/// Scale i of Q3_K: four low bits of the first 8 bytes, two high ones of the last 4, less 32.
int scale_q3(const std::array<std::uint8_t, 12>& packed, std::size_t i)
{
    const int low = i < 8 ? packed[i] & 0x0F : packed[i - 8] >> 4;
    const int high = (packed[8 + i % 4] >> (2 * (i / 4))) & 0x03;
    return (low | (high << 4)) - 32;
}

} // namespace

void convert_q2_k(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 84, out += kQuantBlockK) {
        const auto scales = load_bytes<16>(source);
        const auto packed = load_bytes<64>(source + 16);
        const float d = load_half(source + 80);
        const float dmin = load_half(source + 82);
        for (std::size_t e = 0; e < kQuantBlockK; e += 16) {
            const float scale = d * static_cast<float>(scales[e / 16] & 0x0F);
            const float minimum = dmin * static_cast<float>(scales[e / 16] >> 4);
            const std::uint8_t* bytes = packed.data() + e / 128 * kGroup + e % kGroup;
            const auto shift = static_cast<int>(e % 128 / kGroup * 2);
            for (std::size_t j = 0; j < 16; ++j)
                out[e + j] = scale * static_cast<float>((bytes[j] >> shift) & 3) - minimum;
        }
    }
}

void convert_q3_k(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 110, out += kQuantBlockK) {
        const auto mask = load_bytes<32>(source);
        const auto packed = load_bytes<64>(source + 32);
        const auto scales = load_bytes<12>(source + 96);
        const float d = load_half(source + 108);
        for (std::size_t e = 0; e < kQuantBlockK; e += 16) {
            const float scale = d * static_cast<float>(scale_q3(scales, e / 16));
            const std::uint8_t* bytes = packed.data() + e / 128 * kGroup + e % kGroup;
            const std::uint8_t* masks = mask.data() + e % kGroup;
            const auto shift = static_cast<int>(e % 128 / kGroup * 2);
            const auto bit = static_cast<int>(e / kGroup);
            for (std::size_t j = 0; j < 16; ++j) {
                const int less = ((masks[j] >> bit) & 1) != 0 ? 0 : 4; // no offset where it is set
                out[e + j] = scale * static_cast<float>(((bytes[j] >> shift) & 3) - less);
            }
        }
    }
}

void convert_q4_k(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 144, out += kQuantBlockK) {
        const Scales scales = load_scales(source);
        const auto packed = load_bytes<128>(source + 16);
        for (std::size_t group = 0; group < 8; ++group) {
            const std::uint8_t* bytes = packed.data() + group / 2 * kGroup;
            const int shift = group % 2 == 0 ? 0 : 4;
            for (std::size_t j = 0; j < kGroup; ++j)
                out[group * kGroup + j] =
                    scales.scale[group] * static_cast<float>((bytes[j] >> shift) & 0x0F) -
                    scales.minimum[group];
        }
    }
}

void convert_q5_k(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 176, out += kQuantBlockK) {
        const Scales scales = load_scales(source);
        const auto fifth = load_bytes<32>(source + 16);
        const auto packed = load_bytes<128>(source + 48);
        for (std::size_t group = 0; group < 8; ++group) {
            const std::uint8_t* bytes = packed.data() + group / 2 * kGroup;
            const int shift = group % 2 == 0 ? 0 : 4;
            for (std::size_t j = 0; j < kGroup; ++j) {
                const int quant = ((bytes[j] >> shift) & 0x0F) | (((fifth[j] >> group) & 1) << 4);
                out[group * kGroup + j] =
                    scales.scale[group] * static_cast<float>(quant) - scales.minimum[group];
            }
        }
    }
}

void convert_q6_k(const std::byte* source, std::size_t num_blocks, float* out)
{
    for (std::size_t b = 0; b < num_blocks; ++b, source += 210, out += kQuantBlockK) {
        const auto low = load_bytes<128>(source);
        const auto high = load_bytes<64>(source + 128);
        std::array<std::int8_t, 16> scales;
        std::memcpy(scales.data(), source + 192, scales.size());
        const float d = load_half(source + 208);
        for (std::size_t e = 0; e < kQuantBlockK; e += 16) {
            const float scale = d * static_cast<float>(scales[e / 16]);
            const std::size_t group = e / kGroup;
            const std::uint8_t* lows =
                low.data() + group / 4 * 64 + group % 2 * kGroup + e % kGroup;
            const std::uint8_t* highs = high.data() + group / 4 * kGroup + e % kGroup;
            const int low_shift = group % 4 < 2 ? 0 : 4;
            const auto high_shift = static_cast<int>(group % 4 * 2);
            for (std::size_t j = 0; j < 16; ++j) {
                const int quant =
                    ((lows[j] >> low_shift) & 0x0F) | (((highs[j] >> high_shift) & 3) << 4);
                out[e + j] = scale * static_cast<float>(quant - 32);
            }
        }
    }
}

} // namespace lyceum::formats
