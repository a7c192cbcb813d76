#pragma once

/// @file
/// Sampler: the next token from logits: greedy, or by temperature and nucleus (Holtzman et al.
/// 2019, arXiv:1904.09751).

#include "core/text/tokenizer.h"

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace lyceum::infer {

/// One text's stream of choices; the same seed and logits give the same choices on every machine.
class Sampler {
public:
    /// @param temperature 0 is greedy (the lowest id on a tie). @param top_p in (0, 1]: tokens are
    /// drawn from the smallest set whose probability reaches it.
    Sampler(double temperature, double top_p, std::uint64_t seed);

    /// @param logits [V], at least one finite.
    [[nodiscard]] text::TokenId pick(std::span<const float> logits);

private:
    double temperature_;
    double top_p_;
    std::mt19937_64 random_;
    std::vector<std::pair<double, text::TokenId>> candidates_;
};

} // namespace lyceum::infer
