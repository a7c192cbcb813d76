#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/models/hugging_face_config.h"
#include "core/nn/causal_lm.h"
#include "tests/support/formula_weights.h"
#include "tests/support/smollm2.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::infer {
namespace {

using testing::HasSubstr;
using Ids = std::vector<text::TokenId>;

/// A small Llama whose weights are a formula's, writing bytes (ids below 61 are ASCII).
/// tests/reference/generation_reference.py made the reference.
class Generator : public testing::Test {
protected:
    void SetUp() override
    {
        reference_ = test::read_reference("core/infer/generation_reference.json");
        auto shape = models::read_hugging_face_config(reference_["config"], "config");
        ASSERT_TRUE(shape) << shape.error().message;
        package_ = test::formula_package(shape.value());
        auto tokenizer = text::Tokenizer::create(test::tiny_tokenizer_spec());
        ASSERT_TRUE(tokenizer) << tokenizer.error().message;
        package_.tokenizer = tokenizer.value();
        auto model = nn::load_causal_lm(package_);
        ASSERT_TRUE(model) << model.error().message;
        model_ = model.value();
    }

    Generation generate(const Ids& prompt, const GenerateOptions& options,
                        const OnText& on_text = {})
    {
        auto result = infer::generate(*model_, package_, prompt, options, on_text);
        EXPECT_TRUE(result) << result.error().message;
        return result.value();
    }

    std::vector<Ids> prompts() { return reference_["prompts"].get<std::vector<Ids>>(); }

    nlohmann::json reference_;
    models::ModelPackage package_;
    std::shared_ptr<nn::CausalLm> model_;
};

TEST_F(Generator, EachTextOfABatchIsItsOwnAndTransformersWithLeftPadding)
{
    const auto expected = reference_["greedy"].get<std::vector<Ids>>();
    const GenerateOptions options{.max_new_tokens = static_cast<int>(expected[0].size())};
    std::vector<std::size_t> told;
    const auto batch = generate_batch(*model_, package_, prompts(), options,
                                      [&](std::size_t prompt, const Generation& generation) {
                                          EXPECT_EQ(generation.ids, expected[prompt]);
                                          told.push_back(prompt);
                                          return true;
                                      });
    ASSERT_TRUE(batch) << batch.error().message;
    EXPECT_EQ(told.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(batch.value()[i].ids, expected[i]) << i;
        EXPECT_EQ(generate(prompts()[i], options).ids, expected[i]) << i;
    }
}

TEST_F(Generator, GreedyWithRepetitionPenaltyEqualsTransformers)
{
    const auto expected = reference_["greedy_penalty"].get<std::vector<Ids>>();
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(generate(prompts()[i], {.max_new_tokens = static_cast<int>(expected[i].size()),
                                          .repetition_penalty = 1.4})
                      .ids,
                  expected[i]);
}

TEST_F(Generator, MorePromptsThanSlotsEachGetTheirOwnText)
{
    std::vector<Ids> many;
    for (int i = 0; i < 40; ++i)
        many.push_back(prompts()[static_cast<std::size_t>(i) % 5]);
    const auto batch = generate_batch(*model_, package_, many, {.max_new_tokens = 6});
    ASSERT_TRUE(batch);
    for (std::size_t i = 0; i < many.size(); ++i)
        EXPECT_EQ(batch.value()[i].ids, batch.value()[i % 5].ids) << i;
}

TEST_F(Generator, EndsBeforeAStopTextWhoseCharactersAreDifferentTokens)
{
    const Ids prompt = prompts()[0];
    const std::string whole = generate(prompt, {.max_new_tokens = 12}).text;
    ASSERT_EQ(whole.size(), 12U);
    const std::string stop = whole.substr(5, 3);
    const std::size_t end = whole.find(stop);
    std::string streamed;
    const Generation cut =
        generate(prompt, {.max_new_tokens = 12, .stop = {"never", stop}}, [&](auto piece) {
            streamed += piece;
            return true;
        });
    EXPECT_EQ(cut.text, whole.substr(0, end));
    EXPECT_EQ(streamed, cut.text) << "no beginning of the stop text was shown";
    EXPECT_EQ(cut.finish_reason, "stop");
    EXPECT_EQ(cut.ids.size(), end + stop.size());
}

TEST_F(Generator, ABeginningOfAStopTextThatGoesOnOtherwiseIsShown)
{
    const Ids prompt = prompts()[0];
    const std::string whole = generate(prompt, {.max_new_tokens = 12}).text;
    const std::string unmet = whole.substr(10, 2) + "~~";
    const Generation result = generate(prompt, {.max_new_tokens = 12, .stop = {unmet}});
    EXPECT_EQ(result.text, whole);
    EXPECT_EQ(result.finish_reason, "length");
}

TEST_F(Generator, EndsAtAStopTokenOfTheCaller)
{
    const Ids prompt = prompts()[0];
    const Ids whole = generate(prompt, {.max_new_tokens = 12}).ids;
    const auto first = std::find(whole.begin(), whole.end(), whole[6]);
    const Generation result = generate(prompt, {.max_new_tokens = 12, .stop_tokens = {whole[6]}});
    EXPECT_EQ(result.ids, Ids(whole.begin(), first));
    EXPECT_EQ(result.finish_reason, "stop");
}

TEST_F(Generator, AStopTextThatIsASpecialTokenEndsAtThatToken)
{
    // Make a token that the model writes a special one: no text shows it.
    const Ids prompt = prompts()[0];
    const Ids whole = generate(prompt, {.max_new_tokens = 12}).ids;
    const auto spec = [&] {
        auto result = test::tiny_tokenizer_spec();
        const auto id = static_cast<std::size_t>(whole[4]);
        result.vocabulary[id] = "<end>";
        result.added_tokens.push_back({.id = whole[4], .content = "<end>"});
        return result;
    }();
    auto tokenizer = text::Tokenizer::create(spec);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    package_.tokenizer = tokenizer.value();
    const auto first = std::find(whole.begin(), whole.end(), whole[4]);
    const Generation result = generate(prompt, {.max_new_tokens = 12, .stop = {"<end>"}});
    EXPECT_EQ(result.ids, Ids(whole.begin(), first));
    EXPECT_EQ(result.finish_reason, "stop");
}

TEST_F(Generator, FindsATokenByItsTextOrId)
{
    EXPECT_EQ(find_token(*package_.tokenizer, "</s>").value(), 257);
    EXPECT_EQ(find_token(*package_.tokenizer, "12").value(), 12);
    const auto none = find_token(*package_.tokenizer, "nothing");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("\"nothing\""));
    EXPECT_FALSE(find_token(*package_.tokenizer, "258"));
}

TEST(ParsePrompt, ReadsATextOrAChatAndNamesWhatIsWrong)
{
    EXPECT_EQ(parse_prompt(R"({"prompt": "a", "id": 3})").value().text, "a");
    const auto chat = parse_prompt(R"({"messages": [{"role": "user", "content": "b"}]})");
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ(chat.value().messages[0].content, "b");
    const auto message = [](const char* line) {
        const auto result = parse_prompt(line);
        return result ? "accepted" : result.error().message;
    };
    EXPECT_THAT(message("[1]"), HasSubstr("not a JSON object"));
    EXPECT_THAT(message(R"({"text": "a"})"), HasSubstr("neither"));
    EXPECT_THAT(message(R"({"prompt": "a", "messages": []})"), HasSubstr("both"));
    EXPECT_THAT(message(R"({"prompt": 3})"), HasSubstr("prompt"));
    EXPECT_THAT(message(R"({"messages": []})"), HasSubstr("at least one"));
    EXPECT_THAT(message(R"({"messages": [{"role": "bot", "content": "b"}]})"), HasSubstr("bot"));
    EXPECT_THAT(message(R"({"messages": [3]})"), HasSubstr("messages[0]"));
}

} // namespace
} // namespace lyceum::infer
