#include "core/formats/gguf.h"
#include "core/formats/gguf_writer.h"
#include "core/models/gguf_architecture.h"
#include "core/models/gguf_rope.h"
#include "core/models/model_opener.h"
#include "core/models/model_tensors.h"
#include "core/models/rope_config.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lyceum::models {
namespace {

using formats::GgufEntry;
using formats::GgufMetadata;
using testing::HasSubstr;

Architecture small(const std::string& family)
{
    const bool is_plain = family == "gpt2" || family == "bert" || family == "roberta";
    Architecture a{.family = family,
                   .vocab_size = 5,
                   .hidden_size = 8,
                   .intermediate_size = 16,
                   .num_hidden_layers = 1,
                   .num_attention_heads = 2,
                   .num_key_value_heads = is_plain ? 2 : 1,
                   .head_dim = 4,
                   .max_position_embeddings = 64};
    a.hidden_act = gguf_architecture_of(family).hidden_act;
    a.attention_bias = is_plain || family == "qwen2";
    a.attention_output_bias = a.mlp_bias = is_plain;
    a.type_vocab_size = family == "bert" ? 2 : 0;
    a.pad_token_id = family == "bert" ? 0 : -1;
    a.embd_pdrop = a.resid_pdrop = a.attention_dropout = is_plain ? 0.1 : 0.0;
    return a;
}

/// A model's metadata with others in the place of, or beside, its own.
GgufMetadata changed(GgufMetadata metadata, const GgufMetadata& changes)
{
    for (const auto& [key, value] : changes) {
        const auto at = std::ranges::find(metadata, key, &GgufMetadata::value_type::first);
        if (at == metadata.end())
            metadata.emplace_back(key, value);
        else
            at->second = value;
    }
    return metadata;
}

class GgufArchitectureTest : public testing::Test {
protected:
    /// Writes a file of zeros. @param factors of rope_freqs.weight; empty: there is none.
    Result<ModelPackage> open(const Architecture& a, const GgufMetadata& changes = {},
                              const std::vector<float>& factors = {})
    {
        const formats::GgmlType* type = formats::find_ggml_type("F32");
        std::vector<formats::StoredTensor> tensors;
        if (!factors.empty())
            tensors.push_back(
                {std::string(kRopeFactors), {static_cast<std::int64_t>(factors.size())}, type});
        for (auto [name, shape] : expected_tensors(a)) {
            const auto place = gguf_place(name, a).value().value();
            if (place.is_transposed)
                std::ranges::reverse(shape);
            tensors.push_back({place.name, shape, type});
        }
        const auto metadata = changed(write_gguf_architecture(a).value(), changes);
        const auto path = folder_.path() / "x.gguf";
        const auto writer = formats::create_gguf(path, metadata, tensors).value();
        for (const formats::StoredTensor& tensor : tensors) {
            std::vector<std::byte> bytes(tensor.size_bytes());
            if (tensor.name == kRopeFactors)
                std::ranges::copy(std::as_bytes(std::span(factors)), bytes.begin());
            EXPECT_TRUE(writer->append(bytes));
        }
        EXPECT_TRUE(writer->commit());
        return open_gguf(path, Parts::WeightsOnly);
    }

    Architecture read(const Architecture& a, const GgufMetadata& changes = {},
                      const std::vector<float>& factors = {})
    {
        const auto package = open(a, changes, factors);
        EXPECT_TRUE(package) << package.error().message;
        return package ? package.value().architecture : Architecture();
    }

    test::TemporaryFolder folder_;
};

TEST_F(GgufArchitectureTest, EachArchitectureComesBackAsItWasWritten)
{
    for (const char* family : {"llama", "qwen2", "qwen3", "gpt2", "bert"}) {
        Architecture a = small(family);
        a.rms_norm_eps = static_cast<double>(1e-5F); // the file keeps 32 bits
        EXPECT_EQ(read(a), a) << family;
    }
    EXPECT_EQ(read(small("mistral")).family, "llama");
}

TEST_F(GgufArchitectureTest, AnEncodersPoolingIsWhatTheFileSays)
{
    const auto pooling = [this](std::uint32_t type) {
        return open(small("bert"), {{"bert.pooling_type", type}}).value().embedding.value();
    };
    EXPECT_THAT(pooling(1).pooling, testing::ElementsAre(Pooling::Mean));
    EXPECT_THAT(pooling(2).pooling, testing::ElementsAre(Pooling::Cls));
    EXPECT_THAT(pooling(3).pooling, testing::ElementsAre(Pooling::LastToken));
    EXPECT_TRUE(pooling(2).is_stated);
    EXPECT_FALSE(pooling(0).is_stated);
    EXPECT_EQ(pooling(4).unsupported, "bert.pooling_type 4"); // a rank, which is no embedding
    EXPECT_FALSE(open(small("bert")).value().embedding->is_stated);
    EXPECT_FALSE(open(small("llama")).value().embedding);
}

TEST_F(GgufArchitectureTest, UntiedHeadsAndBiasesAreSeenInTheTensors)
{
    Architecture a = small("llama");
    a.tie_word_embeddings = false;
    a.attention_bias = a.attention_output_bias = a.mlp_bias = true;
    const Architecture again = read(a);
    EXPECT_FALSE(again.tie_word_embeddings);
    EXPECT_TRUE(again.attention_bias && again.attention_output_bias && again.mlp_bias);
}

TEST_F(GgufArchitectureTest, LinearScalingIsReadUnderItsNewAndItsOldKeys)
{
    const Architecture a = small("llama");
    const GgufMetadata spellings[] = {
        {{"llama.rope.scaling.type", std::string("linear")}, {"llama.rope.scaling.factor", 4.0F}},
        {{"llama.rope.scaling.factor", 4.0F}},
        {{"llama.rope.scale_linear", 4.0F}}};
    for (const GgufMetadata& changes : spellings) {
        EXPECT_EQ(read(a, changes).rope_scaling.rope_type, "linear");
        EXPECT_EQ(read(a, changes).rope_scaling.factor, 4.0);
    }
    // llama.cpp does not scale where the type is none.
    EXPECT_EQ(read(a, {{"llama.rope.scaling.type", std::string("none")},
                       {"llama.rope.scaling.factor", 4.0F}})
                  .rope_scaling,
              RopeScaling());
}

TEST_F(GgufArchitectureTest, YarnIsReadWithItsOptions)
{
    const GgufMetadata yarn = {{"qwen2.rope.scaling.type", std::string("yarn")},
                               {"qwen2.rope.scaling.factor", 4.0F},
                               {"qwen2.rope.scaling.original_context_length", 16U}};
    RopeScaling scaling = read(small("qwen2"), yarn).rope_scaling;
    EXPECT_EQ(scaling.rope_type, "yarn");
    EXPECT_EQ(scaling.original_max_position_embeddings, 16);
    EXPECT_EQ(scaling.attention_factor, yarn_attention_factor(4.0));
    EXPECT_EQ(scaling.beta_fast, 32.0);
    scaling = read(small("qwen2"), changed(yarn, {{"qwen2.rope.scaling.yarn_beta_fast", 8.0F},
                                                  {"qwen2.rope.scaling.yarn_attn_factor", 1.5F}}))
                  .rope_scaling;
    EXPECT_EQ(scaling.beta_fast, 8.0);
    EXPECT_EQ(scaling.attention_factor, 1.5);
    scaling = read(small("qwen2"), changed(yarn, {{"qwen2.rope.scaling.attn_factor", 2.0F}}))
                  .rope_scaling;
    EXPECT_EQ(scaling.attention_factor, 2.0 * yarn_attention_factor(4.0));
}

/// Llama 3.2 1B's: what is opened and written as a Hugging Face folder names them as its own does.
TEST_F(GgufArchitectureTest, Llama3sOptionsAreFoundAgainInItsDivisors)
{
    Architecture a = small("llama");
    a.head_dim = 64;
    a.rope_theta = 500000.0;
    a.max_position_embeddings = 131072;
    for (const double factor : {8.0, 32.0}) {
        a.rope_scaling = {.rope_type = "llama3",
                          .factor = factor,
                          .original_max_position_embeddings = 8192,
                          .low_freq_factor = 1.0,
                          .high_freq_factor = 4.0};
        EXPECT_EQ(read(a, {}, gguf_rope_factors(a)).rope_scaling, a.rope_scaling);
    }
}

TEST_F(GgufArchitectureTest, OtherDivisorsAreKeptAsTheyAre)
{
    const Architecture a = small("llama");
    const Architecture again = read(a, {{"llama.rope.scaling.attn_factor", 1.25F}}, {1.5F, 3.0F});
    EXPECT_EQ(again.rope_scaling.rope_type, "longrope");
    EXPECT_THAT(again.rope_scaling.short_factor, testing::ElementsAre(1.5, 3.0));
    EXPECT_EQ(again.rope_scaling.attention_factor, 1.25);
    EXPECT_THAT(gguf_rope_factors(again), testing::ElementsAre(1.5F, 3.0F));
}

TEST_F(GgufArchitectureTest, DivisorsThatMakeNoSenseAreDamage)
{
    const Architecture a = small("llama");
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> cases[] = {{1.0F, 0.0F}, {-1.0F, 2.0F}, {1.0F, NAN}, {infinity, 1.0F}};
    for (const std::vector<float>& factors : cases) {
        const auto refused = open(a, {}, factors);
        ASSERT_FALSE(refused) << factors[1];
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidData);
    }
    EXPECT_THAT(open(a, {}, {1.0F, 1.0F, 1.0F}).error().message,
                HasSubstr("rope_freqs.weight has the shape [3], expected [2]"));
    const auto both = open(a, {{"llama.rope.scaling.factor", 2.0F}}, {1.0F, 2.0F});
    EXPECT_EQ(both.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(both.error().message, HasSubstr("rope_freqs.weight beside"));
}

TEST_F(GgufArchitectureTest, WhatIsNotUnderstoodOrDamagedIsNamed)
{
    const std::string yarn = "yarn";
    const struct {
        const char* family;
        GgufMetadata changes;
        const char* message;
    } cases[] = {
        {"bert", {{"bert.attention.causal", true}}, "bert.attention.causal is true"},
        {"gpt2", {{"gpt2.attention.causal", false}}, "gpt2.attention.causal is false"},
        {"gpt2", {{"gpt2.rope.freq_base", 10000.0F}}, "gpt2.rope.freq_base is set"},
        {"qwen2", {{"qwen2.attention.sliding_window", 4U}}, "sliding_window is set"},
        {"qwen3", {{"qwen3.attention.value_length", 8U}}, "value_length is 8"},
        {"llama", {{"llama.logit_scale", 0.5F}}, "llama.logit_scale is set"},
        {"llama", {{"llama.rope.scaling.attn_factor", 2.0F}}, "without yarn"},
        {"llama",
         {{"llama.rope.scaling.type", yarn}, {"llama.rope.scaling.yarn_ext_factor", 0.5F}},
         "yarn_ext_factor is 0.5"},
        {"llama", {{"llama.rope.scaling.type", 3U}}, "is a uint32, expected a string"},
        {"llama", {{"llama.rope.freq_base", -1.0F}}, "rope_theta is -1"},
        {"llama",
         {{"llama.rope.scaling.type", yarn}, {"llama.rope.scaling.factor", -4.0F}},
         "rope factor is -4"},
        {"llama",
         {{"llama.rope.scaling.type", yarn}, {"llama.rope.scaling.original_context_length", 0U}},
         "original_max_position_embeddings is 0"},
        {"llama", {{"llama.block_count", 4000000000U}}, "num_hidden_layers is 4000000000"},
        {"llama", {{"llama.attention.head_count", 0U}}, "num_attention_heads is 0"},
        {"qwen3", {{"qwen3.attention.key_length", 6U}}, "is 4"},
        {"gpt2", {{"gpt2.attention.head_count", 3U}}, "the configuration says [8, 18]"},
        {"gpt2", {{"gpt2.context_length", 65U}}, "wpe.weight has the shape [64, 8]"},
        {"bert", {{"bert.block_count", 2U}}, "encoder.layer.1"},
        {"bert", {{"bert.attention.layer_norm_epsilon", -1.0F}}, "rms_norm_eps is -1"},
        {"bert", {{"tokenizer.ggml.padding_token_id", 9U}}, "pad_token_id is 9"}};
    for (const auto& [family, changes, message] : cases) {
        const auto refused = open(small(family), changes);
        ASSERT_FALSE(refused) << message;
        EXPECT_THAT(refused.error().message, HasSubstr(message));
    }
}

TEST_F(GgufArchitectureTest, AWindowEndsTheContextThatIsWritten)
{
    Architecture a = small("mistral");
    a.sliding_window = 16;
    EXPECT_EQ(read(a).max_position_embeddings, 16);
    a.sliding_window = 128;
    EXPECT_EQ(read(a).max_position_embeddings, 64);
}

} // namespace
} // namespace lyceum::models
