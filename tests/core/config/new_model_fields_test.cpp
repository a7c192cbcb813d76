#include "core/config/fields.h"
#include "core/config/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kScratch = R"(
model:
  base: none
  family: gpt2
  config: {n_embd: 256, layer_norm_epsilon: 1.0e-5, scale_attn_weights: true, x: "12", y: {z: [1, a]}}
  tokenizer: {train: {kind: unigram, vocab_size: 999}}
data: {train: lessons.txt}
)";

RunConfig parsed(const std::string& yaml, const std::vector<Override>& overrides = {})
{
    const auto result = parse_yaml(yaml, overrides);
    EXPECT_THAT(result.problems, IsEmpty()) << to_error(result.problems, "").message;
    return result.config;
}

std::vector<Problem> problems_of(const std::string& model,
                                 const std::vector<Override>& overrides = {})
{
    return parse_yaml("model: " + model + "\ndata: {train: lessons.txt}\n", overrides).problems;
}

TEST(NewModelFields, AreReadAndCarryTheMappingAsJson)
{
    const auto model = parsed(kScratch).model;
    EXPECT_EQ(model.family, "gpt2");
    EXPECT_EQ(model.config, R"({"n_embd": 256, "layer_norm_epsilon": 1.0e-5, )"
                            R"("scale_attn_weights": true, "x": "12", "y": {"z": [1, "a"]}})");
    EXPECT_EQ(model.tokenizer, (TokenizerConfig{"train", "unigram", 999}));
    EXPECT_EQ(model.method, Method::Full); // nothing else makes sense, and nothing was said
}

TEST(NewModelFields, ReadBackEqualFromTheirYaml)
{
    for (const char* tokenizer : {"byte", "train", "smollm2-135m-instruct", "./my folder"}) {
        auto config = parsed(kScratch);
        config.model.tokenizer.source = tokenizer;
        if (config.model.tokenizer.source != "train")
            config.model.tokenizer = {.source = tokenizer};
        EXPECT_EQ(parsed(to_yaml(config)), config) << to_yaml(config);
    }
}

TEST(NewModelFields, AreInNoYamlOfAModelWithABase)
{
    auto config = parsed(kScratch);
    config.model.base = "smollm2-135m-instruct";
    EXPECT_THAT(to_yaml(config), testing::Not(HasSubstr("family")));
    EXPECT_THAT(to_yaml(config), testing::Not(HasSubstr("tokenizer")));
}

TEST(NewModelFields, AnOverrideAddsToTheMapping)
{
    const auto model = parsed(kScratch, {{"model.config.n_embd", "64"},
                                         {"model.config.y.w", "2"},
                                         {"model.config.n_layer", "3"}})
                           .model;
    EXPECT_THAT(model.config, HasSubstr(R"("n_embd": 64)"));
    EXPECT_THAT(model.config, HasSubstr(R"("y": {"z": [1, "a"], "w": 2})"));
    EXPECT_THAT(model.config, HasSubstr(R"("n_layer": 3)"));
    const auto trained = parsed("model: {base: none}\ndata: {train: a}",
                                {{"model.tokenizer.train.vocab_size", "512"}});
    EXPECT_EQ(trained.model.tokenizer, (TokenizerConfig{"train", "bpe", 512}));
}

TEST(NewModelFields, AMappingTypedInAFormReplacesTheOneBefore)
{
    auto config = parsed(kScratch);
    EXPECT_EQ(get_field(config, "model.config"),
              "n_embd: 256\nlayer_norm_epsilon: 1.0e-5\nscale_attn_weights: true\nx: \"12\"\n"
              "y: {z: [1, a]}");
    ASSERT_FALSE(set_field(config, "model.config", "n_embd: 64\nn_head: 2"));
    EXPECT_EQ(config.model.config, R"({"n_embd": 64, "n_head": 2})");
    const auto before = config;
    for (const char* wrong : {"n_embd", "- 1", "n_embd: [", "a: 1\na: 2"}) {
        EXPECT_TRUE(set_field(config, "model.config", wrong)) << wrong;
        EXPECT_EQ(config, before) << wrong;
    }
    ASSERT_FALSE(set_field(config, "model.config", ""));
    EXPECT_EQ(config.model.config, "");
}

TEST(NewModelFields, LearnFasterUnlessARateIsSaid)
{
    EXPECT_EQ(parsed(kScratch).optimizer.lr, 1e-3);
    EXPECT_EQ(parsed(kScratch, {{"optimizer.lr", "2.0e-4"}}).optimizer.lr, 2e-4);
}

TEST(NewModelFields, LoraFromScratchIsRefusedWithTheReason)
{
    const auto problems = problems_of("{base: none, method: lora}");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].field, "model.method");
    EXPECT_THAT(problems[0].message, HasSubstr("no trained weights"));
    EXPECT_THAT(problems[0].hint, HasSubstr("full"));
    EXPECT_EQ(problems_of("{base: x, method: lora}", {{"model.base", "none"}}).size(), 1U);
}

TEST(NewModelFields, WithABaseModelTheyAreAnErrorNotIgnored)
{
    for (const std::string key : {"family: llama", "config: {hidden_size: 8}", "tokenizer: byte"}) {
        const auto problems = problems_of("{base: smollm2-135m-instruct, " + key + "}");
        ASSERT_EQ(problems.size(), 1U) << key;
        EXPECT_EQ(problems[0].field, "model." + key.substr(0, key.find(':')));
        EXPECT_THAT(problems[0].message, HasSubstr("from scratch"));
        EXPECT_EQ(problems[0].line, 1);
    }
    EXPECT_EQ(problems_of("{base: x}", {{"model.config.hidden_size", "8"}}).size(), 1U);
}

TEST(NewModelFields, WrongValuesAreNamedWithTheirField)
{
    const std::pair<std::string, std::string> wrong[] = {
        {"config: 5", "model.config"},
        {"config: [a]", "model.config"},
        {"tokenizer: {train: {kind: bpf}}", "model.tokenizer.train.kind"},
        {"tokenizer: {train: {vocab_size: 2}}", "model.tokenizer.train.vocab_size"},
        {"tokenizer: {learn: {}}", "model.tokenizer.learn"},
        {"family: \"\"", "model.family"}};
    for (const auto& [entry, field] : wrong) {
        const auto problems = problems_of("{base: none, " + entry + "}");
        ASSERT_EQ(problems.size(), 1U) << entry;
        EXPECT_EQ(problems[0].field, field) << entry;
    }
}

} // namespace
} // namespace lyceum::config
