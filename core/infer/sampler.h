#pragma once

/// @file
/// Sampler: the next token from logits: greedy, or drawn from what repetition penalty, temperature,
/// top-k, top-p (Holtzman et al. 2019, arXiv:1904.09751) and min-p (Nguyen et al. 2024,
/// arXiv:2407.01082) leave. Source: Transformers, generation/logits_process.py.

#include "core/infer/generate_options.h"

#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace lyceum::infer {

/// One text's stream of choices; the same seed and logits give the same choices on every machine.
class Sampler {
public:
    /// @param options checked. A temperature of 0 is greedy (the lowest id on a tie).
    explicit Sampler(const GenerateOptions& options);

    /// Tokens of the text so far, its prompt's too: what the repetition penalty is about.
    void see(std::span<const text::TokenId> ids);

    /// @param logits [V], at least one finite. The token counts as seen.
    [[nodiscard]] text::TokenId pick(std::span<const float> logits);

    /// What pick would draw from: the tokens that are left and their probabilities. Needs a
    /// temperature above 0.
    [[nodiscard]] std::vector<std::pair<text::TokenId, double>>
    distribution(std::span<const float> logits);

private:
    struct Candidate {
        double weight = 0.0; ///< Of the likeliest: 1.
        text::TokenId id = 0;
    };

    [[nodiscard]] std::span<const float> penalised(std::span<const float> logits);
    /// Fills candidates_ with what is left. @return the sum of their weights.
    double filter(std::span<const float> logits);
    void keep_top_k();
    void keep_top_p();

    double temperature_;
    std::size_t top_k_;
    double top_p_;
    double min_p_;
    float repetition_penalty_;
    std::mt19937_64 random_;
    std::vector<text::TokenId> seen_; ///< Each once.
    std::vector<bool> is_seen_;
    std::vector<float> scores_;
    std::vector<Candidate> candidates_;
};

} // namespace lyceum::infer
