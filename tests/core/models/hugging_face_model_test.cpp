#include "core/models/model_opener.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class HuggingFaceModel : public testing::Test {
protected:
    void SetUp() override { test::write_tiny_folder(folder()); }
    [[nodiscard]] std::filesystem::path folder() const { return temporary_.path() / "tiny"; }
    /// The error of opening the folder after its config.json got `more`.
    Error error_with(const std::string& more)
    {
        test::write_bytes(folder() / "config.json",
                          test::tiny_config(test::tiny_architecture(), more));
        const auto opened = open_hugging_face(folder());
        EXPECT_FALSE(opened) << more;
        return opened ? Error{} : opened.error();
    }

private:
    test::TemporaryFolder temporary_;
};

TEST_F(HuggingFaceModel, IsReadWithItsTokenizerTemplateAndStopTokens)
{
    test::write_bytes(folder() / "README.md", "---\ntags: []\nlicense: mit\n---\n# Tiny\n");
    const auto opened = open_hugging_face(folder());
    ASSERT_TRUE(opened) << opened.error().message;
    const ModelPackage& package = opened.value();
    EXPECT_EQ(package.architecture.head_dim, 6);
    EXPECT_EQ(package.architecture.rope_theta, 10000.0);
    EXPECT_EQ(package.dtype, "F32");
    EXPECT_EQ(package.num_parameters,
              260 * 24 + 2 * (2 * 24 * 24 + 2 * 12 * 24 + 3 * 40 * 24 + 48) + 24);
    EXPECT_EQ(package.licence.name, "MIT");
    EXPECT_THAT(package.tokenizer->encode("<s>a</s>"), ElementsAre(256, 'a', 257));
    EXPECT_EQ(package.tokenizer->spec().eos, 257);
    EXPECT_THAT(package.stop_tokens, ElementsAre(257));
    ASSERT_NE(package.chat_template, nullptr);
    EXPECT_EQ(package.chat_template->render({{"user", "x"}}).value(), "<s>user:x</s>");
}

TEST_F(HuggingFaceModel, StopTokensComeFromTheGenerationConfigurationFirst)
{
    test::write_bytes(folder() / "generation_config.json", R"({"eos_token_id":[5,257]})");
    EXPECT_THAT(open_hugging_face(folder()).value().stop_tokens, ElementsAre(5, 257));
    test::write_bytes(folder() / "generation_config.json", R"({"eos_token_id":260})");
    EXPECT_THAT(open_hugging_face(folder()).error().message, HasSubstr("eos_token_id"));
}

TEST_F(HuggingFaceModel, WhatChangesTheMathematicsIsUnsupportedWithKeyAndValue)
{
    const std::pair<const char*, const char*> cases[] = {
        {R"("rope_scaling":{"type":"xpos","factor":2.0},)", R"(rope_type is "xpos")"},
        {R"("rope_scaling":{"type":"linear","mrope_section":[1]},)", R"("mrope_section")"},
        {R"("hidden_act":"quick_gelu",)", R"(hidden_act is "quick_gelu")"},
        {R"("add_cross_attention":true,)", R"("add_cross_attention" is true)"},
        {R"("partial_rotary_factor":0.5,)", "partial_rotary_factor"},
        {R"("quantization_config":{"bits":4},)", "quantization_config"},
        {R"("rope_parameters":{"rope_type":"longrope","short_factor":[1,1,1],"long_factor":[2,2,2]},)",
         "long_factor"}};
    for (const auto& [more, message] : cases) {
        const Error error = error_with(more);
        EXPECT_EQ(error.code, ErrorCode::Unsupported) << more;
        EXPECT_THAT(error.message, HasSubstr(message));
    }
    test::write_bytes(folder() / "config.json", R"({"model_type":"gpt_neox"})");
    const Error unknown = open_hugging_face(folder()).error();
    EXPECT_THAT(unknown.message, HasSubstr("\"model_type\" is \"gpt_neox\""));
    EXPECT_THAT(unknown.hint, HasSubstr("llama, mistral, qwen2, qwen3, gpt2, bert, roberta"));
}

TEST_F(HuggingFaceModel, HarmlessFormsOfTheSameKeysAreRead)
{
    test::write_bytes(
        folder() / "config.json",
        test::tiny_config(test::tiny_architecture(),
                          R"("rope_scaling":null,"attention_bias":false,"hidden_act":"silu",)"
                          R"("rope_parameters":{"rope_type":"default","rope_theta":5000.0},)"));
    const auto opened = open_hugging_face(folder());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened.value().architecture.rope_theta, 5000.0);
}

TEST_F(HuggingFaceModel, NumbersThatDoNotFitAreNamed)
{
    const std::pair<const char*, const char*> cases[] = {
        {R"("head_dim":5,)", "head_dim is 5"},
        {R"("head_dim":8,)", "q_proj.weight has the shape [24, 24]"},
        {R"("rope_theta":-1,)", "rope_theta is -1"},
        {R"("rope_theta":"x",)", "\"rope_theta\" is \"x\""}};
    for (const auto& [more, message] : cases)
        EXPECT_THAT(error_with(more).message, HasSubstr(message));
    Architecture huge = test::tiny_architecture();
    huge.num_hidden_layers = 60'000'000; // nothing may be made in proportion to it
    test::write_bytes(folder() / "config.json", test::tiny_config(huge));
    EXPECT_THAT(open_hugging_face(folder()).error().message,
                HasSubstr("num_hidden_layers is 60000000, but there are only 20 tensors"));
    huge.num_hidden_layers = std::int64_t{1} << 60;
    test::write_bytes(folder() / "config.json", test::tiny_config(huge));
    EXPECT_THAT(open_hugging_face(folder()).error().message, HasSubstr("num_hidden_layers is 115"));
    huge = test::tiny_architecture();
    huge.num_key_value_heads = 3;
    test::write_bytes(folder() / "config.json", test::tiny_config(huge));
    EXPECT_THAT(open_hugging_face(folder()).error().message, HasSubstr("no multiple of"));
}

TEST_F(HuggingFaceModel, MissingAndAdditionalTensorsAreNamed)
{
    auto tensors = test::tiny_tensors(test::tiny_architecture());
    tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = {{3}, {1.F, 2.F, 3.F}};
    test::write_tensors(folder() / "model.safetensors", tensors);
    EXPECT_TRUE(open_hugging_face(folder()));
    tensors["model.layers.0.self_attn.q_proj.bias"] = {{3}, {1.F, 2.F, 3.F}};
    test::write_tensors(folder() / "model.safetensors", tensors);
    EXPECT_EQ(open_hugging_face(folder()).error().code, ErrorCode::Unsupported);
    EXPECT_THAT(open_hugging_face(folder()).error().message, HasSubstr("q_proj.bias"));
    tensors.erase("model.layers.0.self_attn.q_proj.bias");
    tensors.erase("model.norm.weight");
    test::write_tensors(folder() / "model.safetensors", tensors);
    EXPECT_THAT(open_hugging_face(folder()).error().message,
                HasSubstr("tensor model.norm.weight is missing"));
}

TEST_F(HuggingFaceModel, EachMissingOrDamagedFileIsNamed)
{
    for (const char* name : {"config.json", "model.safetensors", "tokenizer.json"}) {
        test::write_tiny_folder(folder());
        test::write_bytes(folder() / name, "{");
        const auto damaged = open_hugging_face(folder());
        ASSERT_FALSE(damaged) << name;
        EXPECT_EQ(damaged.error().code, ErrorCode::InvalidData) << name;
        EXPECT_THAT(damaged.error().message, HasSubstr(name));
        std::filesystem::remove(folder() / name);
        const auto missing = open_hugging_face(folder());
        ASSERT_FALSE(missing) << name;
        EXPECT_EQ(missing.error().code, ErrorCode::NotFound) << name;
        EXPECT_THAT(missing.error().message, HasSubstr(name));
    }
}

TEST_F(HuggingFaceModel, ASpecialTokenTheTokenizerDoesNotHaveIsNamed)
{
    test::write_bytes(folder() / "tokenizer_config.json", R"({"eos_token":"<eos>"})");
    EXPECT_THAT(open_hugging_face(folder()).error().message,
                HasSubstr("\"eos_token\" is \"<eos>\""));
}

} // namespace
} // namespace lyceum::models
