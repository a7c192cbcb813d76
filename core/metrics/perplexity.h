#pragma once

#include <cstdint>

namespace lyceum::metrics {

/// Mean loss over many batches of different sizes: a token counts as much wherever it is.
class MeanLoss {
public:
    /// Adds a batch. @param sum_nats negative log-likelihood summed over its target tokens.
    void add(double sum_nats, std::int64_t num_tokens) noexcept;

    [[nodiscard]] std::int64_t num_tokens() const noexcept { return num_tokens_; }
    [[nodiscard]] double sum() const noexcept { return sum_; }
    /// Nats per token; not a number without tokens.
    [[nodiscard]] double mean() const noexcept;
    /// exp(mean()).
    [[nodiscard]] double perplexity() const noexcept;

private:
    double sum_ = 0.0;
    double compensation_ = 0.0; ///< Kahan's: millions of small terms.
    std::int64_t num_tokens_ = 0;
};

/// exp of a mean loss in nats per token.
[[nodiscard]] double perplexity(double nats_per_token) noexcept;

} // namespace lyceum::metrics
