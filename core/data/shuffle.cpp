#include "core/data/shuffle.h"

#include <numeric>
#include <utility>

namespace lyceum::data {

std::uint64_t SplitMix64::next() noexcept
{
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

std::uint64_t SplitMix64::below(std::uint64_t bound) noexcept
{
    const std::uint64_t surplus = (0 - bound) % bound; // 2^64 mod bound
    std::uint64_t draw = next();
    while (draw < surplus)
        draw = next();
    return draw % bound;
}

std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed)
{
    std::vector<std::size_t> indices(count);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    SplitMix64 random(seed);
    for (std::size_t i = count; i-- > 1;)
        std::swap(indices[i], indices[random.below(i + 1)]);
    return indices;
}

} // namespace lyceum::data
