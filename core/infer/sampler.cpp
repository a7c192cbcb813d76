#include "core/infer/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lyceum::infer {
namespace {

/// Tokens this much less likely than the best one are never drawn (e^-40): they need no sorting.
constexpr double kNegligible = 40.0;

} // namespace

Sampler::Sampler(double temperature, double top_p, std::uint64_t seed)
    : temperature_(temperature), top_p_(top_p), random_(seed)
{
}

text::TokenId Sampler::pick(std::span<const float> logits)
{
    const auto best = std::max_element(logits.begin(), logits.end());
    if (temperature_ <= 0.0)
        return static_cast<text::TokenId>(best - logits.begin());
    candidates_.clear();
    double sum = 0.0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const double exponent = (static_cast<double>(logits[i]) - *best) / temperature_;
        if (exponent < -kNegligible)
            continue;
        candidates_.emplace_back(std::exp(exponent), static_cast<text::TokenId>(i));
        sum += candidates_.back().first;
    }
    if (top_p_ < 1.0) {
        std::sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        double reached = 0.0;
        std::size_t kept = 0;
        while (kept < candidates_.size() && reached < top_p_ * sum)
            reached += candidates_[kept++].first;
        candidates_.resize(std::max<std::size_t>(kept, 1));
        sum = std::accumulate(candidates_.begin(), candidates_.end(), 0.0,
                              [](double total, const auto& item) { return total + item.first; });
    }
    // 53 random bits as a number in [0, 1): std::uniform_real_distribution differs between
    // libraries.
    double left = static_cast<double>(random_() >> 11) * 0x1.0p-53 * sum;
    for (const auto& [weight, id] : candidates_) {
        left -= weight;
        if (left < 0.0)
            return id;
    }
    return candidates_.back().second;
}

} // namespace lyceum::infer
