#include "core/models/hugging_face_config.h"
#include "core/models/hugging_face_files.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using formats::Json;

ModelPackage tiny_package()
{
    ModelPackage package;
    package.architecture = test::tiny_architecture();
    package.architecture.rope_theta = 100000.0;
    package.tokenizer = text::Tokenizer::create(test::tiny_tokenizer_spec()).value();
    package.stop_tokens = {257};
    return package;
}

TEST(HuggingFaceFiles, TheConfigurationReadsBackAsTheArchitecture)
{
    const ModelPackage package = tiny_package();
    const Json config = Json::parse(make_config(package, "bfloat16"));
    const auto read = read_hugging_face_config(config, "config.json");
    ASSERT_TRUE(read) << read.error().message;
    const Architecture& a = read.value();
    EXPECT_EQ(a.vocab_size, 260);
    EXPECT_EQ(a.head_dim, 6);
    EXPECT_EQ(a.num_key_value_heads, 2);
    EXPECT_EQ(a.rope_theta, 100000.0);
    EXPECT_EQ(a.rms_norm_eps, 1e-5);
    EXPECT_TRUE(a.tie_word_embeddings);
    EXPECT_EQ(config["torch_dtype"], "bfloat16");
    EXPECT_EQ(config["eos_token_id"], 257);
}

TEST(HuggingFaceFiles, SeveralStopTokensAreAList)
{
    ModelPackage package = tiny_package();
    package.stop_tokens = {257, 5};
    EXPECT_EQ(Json::parse(make_generation_config(package))["eos_token_id"], Json({257, 5}));
    package.stop_tokens = {};
    EXPECT_TRUE(Json::parse(make_generation_config(package))["eos_token_id"].is_null());
}

TEST(HuggingFaceFiles, TheTokenizerConfigurationNamesTokensByTheirText)
{
    const Json config = Json::parse(make_tokenizer_config(tiny_package()));
    EXPECT_EQ(config["bos_token"], "<s>");
    EXPECT_EQ(config["eos_token"], "</s>");
    EXPECT_FALSE(config.contains("pad_token"));
    EXPECT_FALSE(config.contains("chat_template"));
    EXPECT_EQ(config["added_tokens_decoder"]["257"]["content"], "</s>");
    EXPECT_EQ(Json::parse(make_special_tokens_map(tiny_package())),
              Json({{"bos_token", "<s>"}, {"eos_token", "</s>"}}));
}

} // namespace
} // namespace lyceum::models
