/// @file
/// The starter model, from its GGUF to losses, logits and text, against Transformers on the same
/// file (tests/reference/loss_reference.py).

#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/nn/causal_lm.h"
#include "core/runtime/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>

namespace lyceum::infer {
namespace {

using testing::HasSubstr;
using Ids = std::vector<text::TokenId>;

class RealModel : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        runtime::initialise();
        auto package = models::open_model("smollm2-135m-instruct", "/nonexistent");
        ASSERT_TRUE(package) << package.error().message;
        package_ = std::make_unique<models::ModelPackage>(std::move(package).value());
        auto model = nn::load_causal_lm(*package_);
        ASSERT_TRUE(model) << model.error().message;
        model_ = model.value();
        std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/infer/smollm2_reference.json");
        reference_ = nlohmann::json::parse(file);
    }
    static void TearDownTestSuite()
    {
        model_.reset();
        package_.reset();
    }
    void SetUp() override { ASSERT_NE(model_, nullptr); }

    static Ids chat(const std::string& question)
    {
        auto ids = encode_chat(*package_, {{"user", question}});
        EXPECT_TRUE(ids) << ids.error().message;
        return ids.value();
    }

    static inline std::unique_ptr<models::ModelPackage> package_;
    static inline std::shared_ptr<nn::CausalLm> model_;
    static inline nlohmann::json reference_;
};

TEST_F(RealModel, LossesEqualTransformers)
{
    for (const auto& item : reference_["texts"]) {
        const auto ids = item["ids"].get<Ids>();
        EXPECT_EQ(encode_text(*package_, item["text"].get<std::string>()), ids);
        const auto result = score(*model_, ids);
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result.value().num_tokens, static_cast<std::int64_t>(ids.size()) - 1);
        EXPECT_NEAR(result.value().nll, item["nll"].get<double>(),
                    1e-4 * static_cast<double>(ids.size()));
    }
}

TEST_F(RealModel, LogitsEqualTransformersWithin1e4)
{
    const at::NoGradGuard no_grad;
    for (const auto& item : reference_["texts"]) {
        const auto ids = item["ids"].get<std::vector<std::int64_t>>();
        const auto length = static_cast<std::int64_t>(ids.size());
        const at::Tensor hidden =
            model_->hidden_states(at::tensor(ids, at::kLong).unsqueeze(0),
                                  at::arange(length).unsqueeze(0), {{0, 0, length}});
        const at::Tensor logits = model_->logits(hidden[0].slice(0, -1))[0]; // [V]
        const at::Tensor expected = at::tensor(item["logits"].get<std::vector<float>>());
        EXPECT_LT((logits.slice(0, 0, std::nullopt, 997) - expected).abs().max().item<float>(),
                  1e-4F);
        EXPECT_EQ(logits.argmax().item<std::int64_t>(), item["best"].get<std::int64_t>());
    }
}

TEST_F(RealModel, GreedyTextEqualsTransformersAloneAndInABatch)
{
    std::vector<Ids> prompts;
    std::vector<Ids> expected;
    for (const auto& item : reference_["chats"]) {
        prompts.push_back(chat(item["question"].get<std::string>()));
        EXPECT_EQ(prompts.back(), item["prompt"].get<Ids>());
        Ids ids = item["new"].get<Ids>();
        if (!ids.empty() && ids.back() == package_->stop_tokens.front())
            ids.pop_back();
        EXPECT_EQ(ids, item["left_padded"].get<Ids>());
        expected.push_back(ids);
    }
    const GenerateOptions options{.max_new_tokens = 24};
    const auto batch = generate_batch(*model_, *package_, prompts, options);
    ASSERT_TRUE(batch) << batch.error().message;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        std::string streamed;
        const auto alone =
            generate(*model_, *package_, prompts[i], options, [&](std::string_view piece) {
                streamed += piece;
                return true;
            });
        ASSERT_TRUE(alone) << alone.error().message;
        EXPECT_EQ(alone.value().ids, expected[i]);
        EXPECT_EQ(batch.value()[i].ids, expected[i]);
        EXPECT_EQ(alone.value().text, streamed);
        EXPECT_EQ(alone.value().text, package_->tokenizer->decode(alone.value().ids));
        EXPECT_EQ(batch.value()[i].finish_reason, alone.value().finish_reason);
    }
}

TEST_F(RealModel, MorePromptsThanSlotsAllGetTheirOwnAnswer)
{
    std::vector<Ids> prompts;
    for (int i = 0; i < 20; ++i)
        prompts.push_back(encode_text(*package_, "Count: " + std::to_string(i) + ","));
    const GenerateOptions options{.max_new_tokens = 3};
    std::size_t told = 0;
    const auto batch = generate_batch(*model_, *package_, prompts, options,
                                      [&](std::size_t, const Generation&) { return ++told > 0; });
    ASSERT_TRUE(batch) << batch.error().message;
    EXPECT_EQ(told, prompts.size());
    for (const std::size_t i : {std::size_t{0}, std::size_t{19}}) {
        const auto alone = generate(*model_, *package_, prompts[i], options);
        ASSERT_TRUE(alone);
        EXPECT_EQ(batch.value()[i].ids, alone.value().ids) << i;
    }
}

TEST_F(RealModel, TheCallerCanStopIt)
{
    int pieces = 0;
    const auto result =
        generate(*model_, *package_, chat("Tell me a story."), {.max_new_tokens = 50},
                 [&](std::string_view) { return ++pieces < 4; });
    ASSERT_TRUE(result);
    EXPECT_EQ(result.value().finish_reason, "cancelled");
    EXPECT_EQ(pieces, 4);
}

TEST_F(RealModel, SamplingRepeatsWithItsSeed)
{
    const GenerateOptions options{
        .max_new_tokens = 8, .temperature = 1.0, .top_p = 0.95, .seed = 5};
    const auto first = generate(*model_, *package_, chat("Tell me a story."), options);
    const auto second = generate(*model_, *package_, chat("Tell me a story."), options);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first.value().ids, second.value().ids);
}

TEST_F(RealModel, APromptLongerThanTheContextIsAnErrorWithBothNumbers)
{
    const std::int64_t context = package_->architecture.max_position_embeddings;
    const Ids prompt(static_cast<std::size_t>(context) + 1, 100);
    const auto result = generate(*model_, *package_, prompt, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidData);
    EXPECT_THAT(result.error().message, HasSubstr(std::to_string(context + 1)));
    EXPECT_THAT(result.error().message, HasSubstr("context is " + std::to_string(context)));
}

TEST_F(RealModel, OnlyLearntTokensAreScored)
{
    const Ids ids = encode_text(*package_, "One two three four five.");
    std::vector<std::uint8_t> learn(ids.size(), 0);
    learn[0] = 1; // Nothing stands before it, so it is no target.
    learn[2] = 1;
    const auto one = score(*model_, ids, learn);
    ASSERT_TRUE(one);
    EXPECT_EQ(one.value().num_tokens, 1);
    const auto upto = score(*model_, Ids(ids.begin(), ids.begin() + 3));
    const auto before = score(*model_, Ids(ids.begin(), ids.begin() + 2));
    ASSERT_TRUE(upto && before);
    EXPECT_NEAR(one.value().nll, upto.value().nll - before.value().nll, 1e-4);
}

TEST(Score, ATextLongerThanTheContextIsReadInWindowsThatShareOneToken)
{
    models::Architecture shape;
    shape.vocab_size = 11;
    shape.hidden_size = 8;
    shape.intermediate_size = 8;
    shape.num_hidden_layers = 1;
    shape.num_attention_heads = 2;
    shape.num_key_value_heads = 1;
    shape.head_dim = 4;
    shape.max_position_embeddings = 5;
    auto model = std::make_shared<nn::CausalLm>(shape);
    at::manual_seed(8);
    const at::NoGradGuard no_grad;
    for (at::Tensor& parameter : model->parameters())
        parameter.normal_();
    const Ids ids = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const auto whole = score(*model, ids);
    const auto first = score(*model, {1, 2, 3, 4, 5});
    const auto second = score(*model, {5, 6, 7, 8, 9});
    const auto third = score(*model, {9, 10});
    ASSERT_TRUE(whole && first && second && third);
    EXPECT_EQ(whole.value().num_tokens, 9);
    EXPECT_NEAR(whole.value().nll, first.value().nll + second.value().nll + third.value().nll,
                1e-5);
}

} // namespace
} // namespace lyceum::infer
