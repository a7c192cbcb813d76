#include "core/infer/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace lyceum::infer {
namespace {

std::vector<float> logits_of(const std::vector<double>& probabilities)
{
    std::vector<float> logits;
    for (const double p : probabilities)
        logits.push_back(static_cast<float>(std::log(p)));
    return logits;
}

TEST(Sampler, GreedyTakesTheLargestAndTheFirstOnATie)
{
    const std::vector<float> logits = {0.0F, 3.0F, 3.0F, -1.0F};
    Sampler sampler(0.0, 1.0, 0);
    EXPECT_EQ(sampler.pick(logits), 1);
}

TEST(Sampler, DrawsAsOftenAsTheProbabilitySays)
{
    const std::vector<float> logits = logits_of({0.5, 0.3, 0.15, 0.05});
    Sampler sampler(1.0, 1.0, 9);
    std::map<text::TokenId, int> counts;
    for (int i = 0; i < 20000; ++i)
        ++counts[sampler.pick(logits)];
    EXPECT_NEAR(counts[0], 10000, 300);
    EXPECT_NEAR(counts[1], 6000, 300);
    EXPECT_NEAR(counts[3], 1000, 150);
}

TEST(Sampler, TemperatureSharpens)
{
    const std::vector<float> logits = logits_of({0.6, 0.4});
    Sampler sampler(0.5, 1.0, 9); // Squares the odds: 0.36 to 0.16.
    int first = 0;
    for (int i = 0; i < 20000; ++i)
        first += sampler.pick(logits) == 0 ? 1 : 0;
    EXPECT_NEAR(first, 20000 * 0.36 / 0.52, 300);
}

TEST(Sampler, TopPKeepsTheSmallestSetThatReachesIt)
{
    const std::vector<float> logits = logits_of({0.15, 0.5, 0.05, 0.3});
    Sampler sampler(1.0, 0.79, 3);
    std::set<text::TokenId> seen;
    for (int i = 0; i < 2000; ++i)
        seen.insert(sampler.pick(logits));
    EXPECT_EQ(seen, (std::set<text::TokenId>{1, 3}));
    Sampler narrow(1.0, 1e-9, 3);
    EXPECT_EQ(narrow.pick(logits), 1);
}

TEST(Sampler, TheSameSeedMakesTheSameChoices)
{
    const std::vector<float> logits = logits_of({0.25, 0.25, 0.25, 0.25});
    Sampler first(1.0, 0.9, 42);
    Sampler second(1.0, 0.9, 42);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(first.pick(logits), second.pick(logits));
}

} // namespace
} // namespace lyceum::infer
