#include "core/kernels/nf4_loops.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lyceum::kernels::nf4 {
namespace {

/// What a scale of zero is taken for, so that its numbers get the code of zero.
constexpr float kSmallest = 1e-38F;

constexpr std::array<float, 16> kCodeBook = {-1.0F,
                                             -0.6961928009986877F,
                                             -0.5250730514526367F,
                                             -0.39491748809814453F,
                                             -0.28444138169288635F,
                                             -0.18477343022823334F,
                                             -0.09105003625154495F,
                                             0.0F,
                                             0.07958029955625534F,
                                             0.16093020141124725F,
                                             0.24611230194568634F,
                                             0.33791524171829224F,
                                             0.44070982933044434F,
                                             0.5626170039176941F,
                                             0.7229568362236023F,
                                             1.0F};

/// The middles of neighbours: a value above i of them has the code i.
template <std::size_t size>
constexpr std::array<float, size - 1> middles(const std::array<float, size>& book)
{
    std::array<float, size - 1> result = {};
    for (std::size_t i = 0; i + 1 < size; ++i)
        result[i] = (book[i] + book[i + 1]) / 2.0F;
    return result;
}

/// Seven decades, each with twice the values of the one below it, evenly between a tenth and one
/// of it; then zero and one.
std::array<float, 256> make_scale_book()
{
    constexpr int kDecades = 7;
    std::array<float, 256> book = {0.0F, 1.0F};
    std::size_t filled = 2;
    for (int decade = 0; decade < kDecades; ++decade) {
        const int count = 1 << decade;
        const auto power = static_cast<float>(std::pow(10.0, decade - (kDecades - 1)));
        for (int i = 0; i < count; ++i) {
            // As torch.linspace makes them in float32: up from the start, down from the end.
            const auto at = [count](int place) {
                const float step = (1.0F - 0.1F) / static_cast<float>(count);
                return place < (count + 1) / 2
                           ? std::fma(step, static_cast<float>(place), 0.1F)
                           : std::fma(-step, static_cast<float>(count - place), 1.0F);
            };
            const float mean = (at(i) + at(i + 1)) / 2.0F;
            const float value = power * mean;
            book[filled++] = value;
            book[filled++] = -value;
        }
    }
    std::sort(book.begin(), book.end());
    return book;
}

std::uint8_t code_of(float scaled)
{
    static constexpr auto kMiddles = middles(kCodeBook);
    scaled = std::min(std::max(scaled, -1.0F), 1.0F);
    unsigned code = 0;
    for (const float middle : kMiddles)
        code += scaled > middle ? 1U : 0U;
    return static_cast<std::uint8_t>(code);
}

/// Both numbers of every byte.
const std::array<std::pair<float, float>, 256>& pairs()
{
    static const auto kPairs = [] {
        std::array<std::pair<float, float>, 256> table;
        for (std::size_t byte = 0; byte < table.size(); ++byte)
            table[byte] = {kCodeBook[byte >> 4U], kCodeBook[byte & 15U]};
        return table;
    }();
    return kPairs;
}

} // namespace

const std::array<float, 16>& code_book()
{
    return kCodeBook;
}

const std::array<float, 256>& scale_book()
{
    static const std::array<float, 256> kBook = make_scale_book();
    return kBook;
}

void largest_magnitudes(const float* values, std::int64_t count, std::int64_t block, float* out,
                        std::int64_t begin, std::int64_t end)
{
    for (std::int64_t i = begin; i < end; ++i) {
        float largest = 0;
        for (std::int64_t j = i * block; j < std::min(count, (i + 1) * block); ++j)
            largest = std::max(largest, std::fabs(values[j]));
        out[i] = largest;
    }
}

void encode(const float* values, std::int64_t count, const float* scales, std::uint8_t* codes,
            std::int64_t begin, std::int64_t end)
{
    static_assert(kBlock % 2 == 0, "no byte belongs to two blocks");
    for (std::int64_t block = begin; block < end; ++block) {
        const std::int64_t first = block * kBlock;
        const std::int64_t last = std::min(count, first + kBlock);
        const float scale = std::max(scales[block], kSmallest);
        const float inverse = 1.0F / scale;
        const bool is_whole = last - first == kBlock; // bitsandbytes divides in the last, short one
        for (std::int64_t i = first; i < last; i += 2) {
            const auto code = [&](std::int64_t j) {
                return code_of(is_whole ? values[j] * inverse : values[j] / scale);
            };
            const unsigned low = i + 1 < last ? code(i + 1) : code_of(0.0F);
            codes[i / 2] = static_cast<std::uint8_t>(unsigned{code(i)} << 4U | low);
        }
    }
}

void encode_scales(const float* values, std::int64_t count, float scale, std::uint8_t* codes)
{
    static const auto kMiddles = middles(scale_book());
    const float divisor = std::max(scale, kSmallest);
    const float inverse = 1.0F / divisor;
    for (std::int64_t i = 0; i < count; ++i) {
        const float scaled = count == kScaleBlock ? values[i] * inverse : values[i] / divisor;
        const auto* place = std::lower_bound(kMiddles.begin(), kMiddles.end(),
                                             std::min(std::max(scaled, -1.0F), 1.0F));
        codes[i] = static_cast<std::uint8_t>(place - kMiddles.begin());
    }
}

void decode(const std::uint8_t* codes, const float* scales, float* out, std::int64_t begin,
            std::int64_t end)
{
    const auto& table = pairs();
    const std::int64_t first_block = begin / kBlock;
    std::int64_t i = begin;
    if (i % 2 == 1 && i < end) {
        *out++ = table[codes[i / 2]].second * scales[0];
        ++i;
    }
    while (i + 1 < end) {
        const float scale = scales[i / kBlock - first_block];
        const std::int64_t last = std::min(end, (i / kBlock + 1) * kBlock);
        for (; i + 1 < last; i += 2) {
            const auto& [high, low] = table[codes[i / 2]];
            *out++ = high * scale;
            *out++ = low * scale;
        }
        if (last == end)
            break;
    }
    if (i < end)
        *out = table[codes[i / 2]].first * scales[i / kBlock - first_block];
}

} // namespace lyceum::kernels::nf4
