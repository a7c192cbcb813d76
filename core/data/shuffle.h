#pragma once

/// @file
/// Random order that is the same on every platform and in every version: SplitMix64 (Steele, Lea
/// and Flood 2014, doi:10.1145/2660193.2660195) and Fisher-Yates from the end. What a seed gives is
/// part of the contract: checkpoints and published results depend on it.

#include <cstdint>
#include <vector>

namespace lyceum::data {

class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

    [[nodiscard]] std::uint64_t next() noexcept;
    /// Uniform in [0, bound), bound > 0: draws below 2^64 mod bound are drawn again.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;

private:
    std::uint64_t state_;
};

/// 0 .. count - 1 in the order of `seed`: for i from count - 1 down to 1, swap i with below(i + 1).
[[nodiscard]] std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed);

} // namespace lyceum::data
