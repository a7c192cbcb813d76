#include "core/infer/sampler.h"

#include <algorithm>
#include <cmath>

namespace lyceum::infer {
namespace {

/// Tokens this much less likely than the best one are never drawn (e^-40): they need no sorting.
constexpr double kNegligible = 40.0;

} // namespace

Sampler::Sampler(const GenerateOptions& options)
    : temperature_(options.temperature)
    , top_k_(static_cast<std::size_t>(options.top_k))
    , top_p_(options.top_p)
    , min_p_(options.min_p)
    , repetition_penalty_(static_cast<float>(options.repetition_penalty))
    , random_(options.seed)
{
}

void Sampler::see(std::span<const text::TokenId> ids)
{
    if (repetition_penalty_ == 1.0F)
        return;
    for (const text::TokenId id : ids) {
        const auto place = static_cast<std::size_t>(id);
        if (place >= is_seen_.size())
            is_seen_.resize(place + 1, false);
        if (is_seen_[place])
            continue;
        is_seen_[place] = true;
        seen_.push_back(id);
    }
}

std::span<const float> Sampler::penalised(std::span<const float> logits)
{
    if (seen_.empty())
        return logits;
    scores_.assign(logits.begin(), logits.end());
    for (const text::TokenId id : seen_) {
        float& score = scores_[static_cast<std::size_t>(id)];
        score = score < 0.0F ? score * repetition_penalty_ : score / repetition_penalty_;
    }
    return scores_;
}

void Sampler::keep_top_k()
{
    if (top_k_ == 0 || top_k_ >= candidates_.size())
        return;
    const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(top_k_) - 1;
    std::nth_element(candidates_.begin(), last, candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
    const double least = last->weight; // All that are as likely as the last one stay, too.
    std::erase_if(candidates_, [least](const Candidate& each) { return each.weight < least; });
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& a, const Candidate& b) { return a.id < b.id; });
}

void Sampler::keep_top_p()
{
    if (top_p_ >= 1.0)
        return;
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
    });
    double sum = 0.0;
    for (const Candidate& each : candidates_)
        sum += each.weight;
    double reached = 0.0;
    std::size_t kept = 0;
    while (kept < candidates_.size() && reached < top_p_ * sum)
        reached += candidates_[kept++].weight;
    candidates_.resize(std::max<std::size_t>(kept, 1));
}

double Sampler::filter(std::span<const float> logits)
{
    const float best = *std::max_element(logits.begin(), logits.end());
    candidates_.clear();
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const double exponent = (static_cast<double>(logits[i]) - best) / temperature_;
        if (exponent >= -kNegligible)
            candidates_.push_back({std::exp(exponent), static_cast<text::TokenId>(i)});
    }
    keep_top_k();
    keep_top_p();
    std::erase_if(candidates_, [this](const Candidate& each) { return each.weight < min_p_; });
    double sum = 0.0;
    for (const Candidate& each : candidates_)
        sum += each.weight;
    return sum;
}

text::TokenId Sampler::pick(std::span<const float> logits)
{
    const std::span<const float> scores = penalised(logits);
    text::TokenId chosen = 0;
    if (temperature_ <= 0.0) {
        chosen = static_cast<text::TokenId>(std::max_element(scores.begin(), scores.end()) -
                                            scores.begin());
    } else {
        const double sum = filter(scores);
        // 53 random bits as a number in [0, 1): std::uniform_real_distribution differs between
        // libraries.
        double left = static_cast<double>(random_() >> 11U) * 0x1.0p-53 * sum;
        for (const Candidate& each : candidates_) {
            chosen = each.id;
            left -= each.weight;
            if (left < 0.0)
                break;
        }
    }
    see({&chosen, 1});
    return chosen;
}

std::vector<std::pair<text::TokenId, double>> Sampler::distribution(std::span<const float> logits)
{
    const double sum = filter(penalised(logits));
    std::vector<std::pair<text::TokenId, double>> result;
    for (const Candidate& each : candidates_)
        result.emplace_back(each.id, each.weight / sum);
    return result;
}

} // namespace lyceum::infer
