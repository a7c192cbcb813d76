#include "core/models/family.h"
#include "core/models/hugging_face_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace lyceum::models {
namespace {

using formats::Json;
using testing::HasSubstr;

const Json kLlama = {
    {"model_type", "llama"},        {"vocab_size", 61},       {"hidden_size", 32},
    {"intermediate_size", 40},      {"num_hidden_layers", 2}, {"num_attention_heads", 4},
    {"max_position_embeddings", 32}};

Json with(Json config, const Json& more)
{
    config.update(more);
    return config;
}

/// Reads and checks.
Error error_of(const Json& config)
{
    auto read = read_hugging_face_config(config, "config.json");
    if (!read)
        return read.error();
    const auto checked = check_architecture(read.value(), "config.json");
    EXPECT_FALSE(checked) << config;
    return checked ? Error{} : checked.error();
}

TEST(HuggingFaceConfig, WhatIsWrittenReadsBackTheSameForEveryFamilyAndOption)
{
    std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/nn/families.json");
    const Json reference = Json::parse(file);
    for (const auto& [name, model] : reference["models"].items()) {
        const auto read = read_hugging_face_config(model["config"], name);
        ASSERT_TRUE(read) << read.error().message;
        const auto again = read_hugging_face_config(write_hugging_face_config(read.value()), name);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_TRUE(again.value() == read.value())
            << name << write_hugging_face_config(read.value());
    }
}

TEST(HuggingFaceConfig, AMissingWindowIsTheFamilysDefaultAndNullIsNone)
{
    const Json mistral = with(kLlama, {{"model_type", "mistral"}});
    EXPECT_EQ(read_hugging_face_config(mistral, "c").value().sliding_window, 4096);
    EXPECT_EQ(read_hugging_face_config(with(mistral, {{"sliding_window", nullptr}}), "c")
                  .value()
                  .sliding_window,
              0);
    const Json qwen = with(kLlama, {{"model_type", "qwen2"}});
    EXPECT_EQ(read_hugging_face_config(qwen, "c").value().sliding_window, 0);
}

TEST(HuggingFaceConfig, AScalingThatReachesFurtherMakesTheContextLonger)
{
    const auto context = [](const Json& scaling) {
        return read_hugging_face_config(with(kLlama, {{"rope_scaling", scaling}}), "c")
            .value()
            .context_length();
    };
    EXPECT_EQ(context({{"type", "linear"}, {"factor", 4.0}}), 128);
    EXPECT_EQ(context({{"type", "dynamic"}, {"factor", 2.0}}), 64);
    EXPECT_EQ(
        context({{"type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 16}}), 64);
    EXPECT_EQ(context({{"rope_type", "llama3"},
                       {"factor", 8.0},
                       {"low_freq_factor", 1.0},
                       {"high_freq_factor", 4.0},
                       {"original_max_position_embeddings", 8}}),
              32);
    Json roberta = with(kLlama, {{"model_type", "roberta"}, {"max_position_embeddings", 514}});
    EXPECT_EQ(read_hugging_face_config(roberta, "c").value().context_length(), 512);
}

TEST(HuggingFaceConfig, WhatDoesNotFitIsNamedWithItsValue)
{
    const std::pair<Json, const char*> cases[] = {
        {{{"num_key_value_heads", 3}}, "num_key_value_heads 3"},
        {{{"head_dim", 7}}, "head_dim is 7"},
        {{{"rope_scaling", {{"type", "linear"}}}}, "factor"},
        {{{"rope_scaling", {{"type", "linear"}, {"factor", -1.0}}}}, "rope factor is -1"},
        {{{"rope_scaling", {{"type", "llama3"}, {"factor", 2.0}}}}, "low_freq_factor"},
        {{{"rope_scaling",
           {{"type", "llama3"}, {"factor", 2.0}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}}},
         "high_freq_factor is 4"},
        {{{"rope_scaling",
           {{"type", "longrope"}, {"short_factor", {1.0}}, {"long_factor", {1.0}}}}},
         "list of 4"},
        {{{"rope_scaling", 5}}, "rope_scaling"},
        {{{"attention_dropout", 1.0}}, "attention_dropout is 1"},
        {{{"initializer_range", 0.0}}, "initializer_range"},
        {{{"model_type", "qwen3"}, {"sliding_window", -4}, {"use_sliding_window", true}},
         "sliding_window is -4"},
        {{{"model_type", "qwen2"},
          {"use_sliding_window", true},
          {"layer_types", {"full_attention"}}},
         "layer_types has 1 entries"},
        {{{"model_type", "qwen2"}, {"layer_types", {"linear_attention"}}}, "linear_attention"},
        {{{"model_type", "bert"}, {"num_attention_heads", 5}}, "does not divide"},
        {{{"model_type", "bert"}, {"type_vocab_size", 0}}, "type_vocab_size is 0"},
        {{{"model_type", "bert"}, {"position_embedding_type", "relative_key"}}, "relative_key"},
        {{{"model_type", "roberta"}, {"pad_token_id", 40}}, "no position behind"},
        {{{"model_type", "llama"}, {"architectures", {"LlamaForSequenceClassification"}}},
         "LlamaForSequenceClassification"}};
    for (const auto& [more, message] : cases)
        EXPECT_THAT(error_of(with(kLlama, more)).message, HasSubstr(message)) << more;
}

TEST(Family, LoraTargetsAreTheMatricesOfALayer)
{
    Json gpt2 = {
        {"model_type", "gpt2"}, {"vocab_size", 61}, {"n_embd", 32}, {"n_layer", 2}, {"n_head", 4}};
    const Architecture a = read_hugging_face_config(gpt2, "c").value();
    EXPECT_THAT(lora_targets(a), testing::ElementsAre("c_attn", "c_proj", "c_fc"));
    // c_attn 32 to 96, c_proj 32 to 32 and 128 to 32, c_fc 32 to 128; two layers, rank 3.
    EXPECT_EQ(count_lora_parameters(a, 3, {}), 2 * 3 * (128 + 64 + 160 + 160));
    const std::vector<std::string> out = {"c_proj"};
    EXPECT_EQ(count_lora_parameters(a, 3, out), 2 * 3 * (64 + 160));
    EXPECT_TRUE(is_transposed(a, "transformer.h.1.mlp.c_proj.weight"));
    EXPECT_FALSE(is_transposed(a, "transformer.wte.weight"));
    EXPECT_FALSE(is_transposed(a, "transformer.h.1.ln_1.weight"));
}

TEST(Family, LoraCountsInputsAndOutputsOfEachTarget)
{
    Architecture smollm2;
    smollm2.hidden_size = 576;
    smollm2.intermediate_size = 1536;
    smollm2.num_hidden_layers = 30;
    smollm2.num_attention_heads = 9;
    smollm2.num_key_value_heads = 3;
    smollm2.head_dim = 64;
    // A layer: 16 * (q 1152 + k 768 + v 768 + o 1152 + gate 2112 + up 2112 + down 2112).
    EXPECT_EQ(count_lora_parameters(smollm2, 16, {}), 4884480);
    const std::vector<std::string> queries = {"q_proj"};
    EXPECT_EQ(count_lora_parameters(smollm2, 16, queries), 30 * 16 * (576 + 576));
}

} // namespace
} // namespace lyceum::models
