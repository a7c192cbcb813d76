#include "core/infer/sampler.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
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

std::set<text::TokenId> ids_of(Sampler& sampler, const std::vector<float>& logits)
{
    std::set<text::TokenId> ids;
    for (const auto& [id, probability] : sampler.distribution(logits))
        ids.insert(id);
    return ids;
}

/// tests/reference/generation_reference.py made the file.
TEST(Sampler, EveryOptionLeavesTheProbabilitiesThatTransformersDrawsFrom)
{
    const auto reference = test::read_reference("core/infer/generation_reference.json");
    ASSERT_GE(reference["sampling"].size(), 12U);
    for (const auto& item : reference["sampling"]) {
        const auto& options = item["options"];
        SCOPED_TRACE(options.dump());
        Sampler sampler({.temperature = options["temperature"],
                         .top_k = options.value("top_k", 0),
                         .top_p = options.value("top_p", 1.0),
                         .min_p = options.value("min_p", 0.0),
                         .repetition_penalty = options.value("repetition_penalty", 1.0)});
        sampler.see(item["prompt"].get<std::vector<text::TokenId>>());
        const auto left = sampler.distribution(item["logits"].get<std::vector<float>>());
        EXPECT_EQ(left.size(), item["probabilities"].size());
        for (const auto& [id, probability] : left) {
            ASSERT_TRUE(item["probabilities"].contains(std::to_string(id))) << id;
            EXPECT_NEAR(probability, item["probabilities"][std::to_string(id)].get<double>(), 1e-6);
        }
    }
}

TEST(Sampler, GreedyTakesTheLargestAndTheFirstOnATie)
{
    const std::vector<float> logits = {0.0F, 3.0F, 3.0F, -1.0F};
    Sampler sampler({.temperature = 0.0});
    EXPECT_EQ(sampler.pick(logits), 1);
}

TEST(Sampler, GreedyHeedsTheRepetitionPenalty)
{
    const std::vector<float> logits = {2.5F, 3.0F, -1.0F};
    Sampler sampler({.temperature = 0.0, .repetition_penalty = 1.5});
    EXPECT_EQ(sampler.pick(logits), 1);
    EXPECT_EQ(sampler.pick(logits), 0) << "what it said itself counts";
}

TEST(Sampler, DrawsAsOftenAsTheProbabilitySays)
{
    const std::vector<float> logits = logits_of({0.5, 0.3, 0.15, 0.05});
    Sampler sampler({.temperature = 1.0, .seed = 9});
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
    Sampler sampler({.temperature = 0.5, .seed = 9}); // Squares the odds: 0.36 to 0.16.
    int first = 0;
    for (int i = 0; i < 20000; ++i)
        first += sampler.pick(logits) == 0 ? 1 : 0;
    EXPECT_NEAR(first, 20000 * 0.36 / 0.52, 300);
}

TEST(Sampler, TopPKeepsTheSmallestSetThatReachesIt)
{
    const std::vector<float> logits = logits_of({0.15, 0.5, 0.05, 0.3});
    Sampler sampler({.temperature = 1.0, .top_p = 0.79, .seed = 3});
    EXPECT_EQ(ids_of(sampler, logits), (std::set<text::TokenId>{1, 3}));
    Sampler narrow({.temperature = 1.0, .top_p = 1e-9, .seed = 3});
    EXPECT_EQ(narrow.pick(logits), 1);
}

TEST(Sampler, TopKKeepsWhatIsAsLikelyAsTheLastOne)
{
    const std::vector<float> logits = logits_of({0.1, 0.4, 0.2, 0.1, 0.2});
    Sampler sampler({.temperature = 1.0, .top_k = 2});
    EXPECT_EQ(ids_of(sampler, logits), (std::set<text::TokenId>{1, 2, 4}));
    Sampler wide({.temperature = 1.0, .top_k = 100});
    EXPECT_EQ(ids_of(wide, logits).size(), 5U);
}

TEST(Sampler, MinPKeepsTheLikeliestAlways)
{
    const std::vector<float> logits = logits_of({0.5, 0.3, 0.2});
    Sampler sampler({.temperature = 1.0, .min_p = 0.5});
    EXPECT_EQ(ids_of(sampler, logits), (std::set<text::TokenId>{0, 1}));
    Sampler narrow({.temperature = 1.0, .min_p = 1.0});
    EXPECT_EQ(ids_of(narrow, logits), (std::set<text::TokenId>{0}));
}

TEST(Sampler, TheSameSeedMakesTheSameChoices)
{
    const std::vector<float> logits = logits_of({0.25, 0.25, 0.25, 0.25});
    Sampler first({.temperature = 1.0, .top_p = 0.9, .seed = 42});
    Sampler second({.temperature = 1.0, .top_p = 0.9, .seed = 42});
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(first.pick(logits), second.pick(logits));
}

TEST(GenerateOptions, AnErrorNamesTheOptionItsValueAndItsRange)
{
    models::Architecture model;
    model.vocab_size = 50;
    const auto message = [&](const GenerateOptions& options) {
        const auto checked = check_options(options, model);
        EXPECT_FALSE(checked);
        return checked ? "" : checked.error().message;
    };
    EXPECT_TRUE(check_options({}, model));
    EXPECT_EQ(message({.max_new_tokens = 0}), "max_new_tokens is 0, but must be at least 1");
    EXPECT_EQ(message({.temperature = -0.5}), "temperature is -0.5, but must be from 0 to 100");
    EXPECT_EQ(message({.temperature = std::numeric_limits<double>::quiet_NaN()}),
              "temperature is nan, but must be from 0 to 100");
    EXPECT_EQ(message({.top_k = -1}),
              "top_k is -1, but must be at least 1, or 0 to draw from all tokens");
    EXPECT_EQ(message({.top_p = 0.0}), "top_p is 0, but must be above 0 and at most 1");
    EXPECT_EQ(message({.min_p = 1.5}), "min_p is 1.5, but must be from 0 to 1");
    EXPECT_EQ(message({.repetition_penalty = 0.0}),
              "repetition_penalty is 0, but must be above 0 and at most 10");
    EXPECT_EQ(message({.stop = {"a", ""}}),
              "stop is an empty text, but must be one with at least one character");
    EXPECT_EQ(message({.stop_tokens = {50}}), "stop_tokens is 50, but must be token ids below 50");
}

} // namespace
} // namespace lyceum::infer
