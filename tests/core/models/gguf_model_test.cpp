#include "core/base/paths.h"
#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/models/gguf_tensors.h"
#include "core/models/model_opener.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

namespace lyceum::models {
namespace {

using test::GgufBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

const ModelPackage& smollm2()
{
    static const auto package = open_gguf(resource_dir() / "models" / "smollm2-135m-instruct.gguf");
    EXPECT_TRUE(package) << package.error().message;
    return package.value();
}

TEST(GgufModel, SmolLm2IsDescribedAsItsConfigJsonDoes)
{
    const ModelPackage& package = smollm2();
    const Architecture& a = package.architecture;
    EXPECT_EQ(a.vocab_size, 49152);
    EXPECT_EQ(a.hidden_size, 576);
    EXPECT_EQ(a.intermediate_size, 1536);
    EXPECT_EQ(a.num_hidden_layers, 30);
    EXPECT_EQ(a.num_attention_heads, 9);
    EXPECT_EQ(a.num_key_value_heads, 3);
    EXPECT_EQ(a.head_dim, 64);
    EXPECT_EQ(a.max_position_embeddings, 8192);
    EXPECT_FLOAT_EQ(static_cast<float>(a.rms_norm_eps), 1e-5F);
    EXPECT_EQ(a.rope_theta, 100000.0);
    EXPECT_TRUE(a.tie_word_embeddings);
    EXPECT_EQ(package.num_parameters, 134515008);
    EXPECT_EQ(package.dtype, "Q4_1");
    EXPECT_EQ(package.licence.name, "Apache-2.0");
}

TEST(GgufModel, SmolLm2sTensorsAreTransformersBitForBit)
{
    const auto reference =
        formats::read_json_file(LYCEUM_TEST_DATA "/reference/gguf_reference.json");
    ASSERT_TRUE(reference);
    const auto& tensors = reference.value()["tensors"];
    EXPECT_EQ(tensors.size(), 19U);
    for (const auto& tensor : tensors) {
        std::size_t count = 1;
        for (const std::size_t size : tensor["shape"])
            count *= size;
        std::vector<float> values(count);
        const auto name = tensor["name"].get<std::string>();
        ASSERT_TRUE(smollm2().tensors->read_float32(name, values)) << name;
        EXPECT_EQ(sha256_hex({reinterpret_cast<const char*>(values.data()), count * 4}),
                  tensor["sha256"])
            << name;
    }
}

TEST(GgufModel, SmolLm2sEmbeddingsAreTransformers)
{
    const auto reference =
        formats::read_json_file(LYCEUM_TEST_DATA "/reference/gguf_reference.json");
    ASSERT_TRUE(reference);
    std::vector<float> values(49152 * 576);
    ASSERT_TRUE(smollm2().tensors->read_float32("model.embed_tokens.weight", values));
    for (const auto& [row, bits] : reference.value()["embedding_rows"].items())
        for (std::size_t i = 0; i < bits.size(); ++i)
            EXPECT_EQ(std::bit_cast<std::uint32_t>(values[std::stoul(row) * 576 + i]), bits[i]);
    double sum = 0.0;
    for (const float value : values)
        sum += static_cast<double>(value);
    EXPECT_NEAR(sum, reference.value()["embedding_sum"].get<double>(), 1e-6);
}

TEST(GgufModel, SmolLm2sTokenizerHasItsSpecialTokensAndStopsAtTheEndOfTurn)
{
    const text::TokenizerSpec& spec = smollm2().tokenizer->spec();
    EXPECT_EQ(spec.bos, 1);
    EXPECT_EQ(spec.eos, 2);
    EXPECT_EQ(spec.pad, 2);
    EXPECT_EQ(spec.unknown, 0);
    EXPECT_FALSE(spec.add_bos);
    EXPECT_EQ(spec.added_tokens.size(), 17U);
    EXPECT_EQ(smollm2().tokenizer->vocabulary_size(), 49152);
    EXPECT_THAT(smollm2().stop_tokens, ElementsAre(2));
    ASSERT_NE(smollm2().chat_template, nullptr);
    const auto text = smollm2().chat_template->render({{"user", "Hi"}});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(text.value(), HasSubstr("<|im_start|>user\nHi<|im_end|>\n"));
}

TEST(GgufModel, QAndKRowsAreReadInTheOrderOfHuggingFaceForAnyNumberOfHeads)
{
    // Each row holds its own number; the converter's permute of [0 ... 5] in a head is [0 3 1 4 2
    // 5].
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "x.gguf";
    GgufBuilder builder;
    builder.start(2, 0).tensor("blk.0.attn_q.weight", {1, 12}, 0, 0);
    builder.tensor("blk.0.attn_v.weight", {1, 12}, 0, 64).pad();
    const float stored[] = {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11};
    for (int tensor = 0; tensor < 2; ++tensor) {
        for (const float value : stored)
            builder.number(value);
        builder.pad();
    }
    test::write_bytes(path, builder.bytes());
    Architecture architecture;
    architecture.num_attention_heads = 2;
    const auto tensors = GgufTensors::create(formats::GgufFile::open(path).value(), architecture);
    ASSERT_TRUE(tensors) << tensors.error().message;
    std::vector<float> values(12);
    ASSERT_TRUE(tensors.value()->read_float32("model.layers.0.self_attn.q_proj.weight", values));
    EXPECT_THAT(values, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    ASSERT_TRUE(tensors.value()->read_float32("model.layers.0.self_attn.v_proj.weight", values));
    EXPECT_THAT(values, testing::ElementsAreArray(stored));
    EXPECT_FALSE(tensors.value()->raw_bytes("model.layers.0.self_attn.q_proj.weight"));
    EXPECT_TRUE(tensors.value()->raw_bytes("model.layers.0.self_attn.v_proj.weight"));
}

/// Metadata and tensors of a llama of one layer; `extra` values are counted in by the caller.
std::string tiny_gguf(std::uint64_t num_extra, const GgufBuilder& extra,
                      const std::string& extra_tensor = "")
{
    GgufBuilder builder;
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>> tensors = {
        {"token_embd.weight", {8, 5}},    {"blk.0.attn_norm.weight", {8}},
        {"blk.0.attn_q.weight", {8, 8}},  {"blk.0.attn_k.weight", {8, 4}},
        {"blk.0.attn_v.weight", {8, 4}},  {"blk.0.attn_output.weight", {8, 8}},
        {"blk.0.ffn_norm.weight", {8}},   {"blk.0.ffn_gate.weight", {8, 16}},
        {"blk.0.ffn_up.weight", {8, 16}}, {"blk.0.ffn_down.weight", {16, 8}},
        {"output_norm.weight", {8}}};
    builder.start(tensors.size() + (extra_tensor.empty() ? 0 : 1), 8 + num_extra);
    builder.value_string("general.architecture", "llama").value_u32("llama.block_count", 1);
    builder.value_u32("llama.context_length", 64).value_u32("llama.embedding_length", 8);
    builder.value_u32("llama.feed_forward_length", 16);
    builder.value_u32("llama.attention.head_count", 2);
    builder.value_u32("llama.attention.head_count_kv", 1);
    builder.value_f32("llama.attention.layer_norm_rms_epsilon", 1e-5F).raw(extra.bytes());
    std::uint64_t offset = 0;
    for (const auto& [name, sizes] : tensors) {
        builder.tensor(name, sizes, 0, offset);
        std::uint64_t size = 4;
        for (const std::uint64_t dim : sizes)
            size *= dim;
        offset += (size + 31) / 32 * 32;
    }
    if (!extra_tensor.empty())
        builder.tensor(extra_tensor, {8}, 0, offset);
    return builder.pad().raw(std::string(offset + 32, '\0')).bytes();
}

TEST(GgufModel, WhatChangesTheMathematicsIsUnsupportedAndNamed)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "x.gguf";
    test::write_bytes(path, tiny_gguf(0, {}));
    const auto plain = open_gguf(path, Parts::WeightsOnly);
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain.value().architecture.head_dim, 4);
    const std::pair<GgufBuilder, const char*> values[] = {
        {GgufBuilder().value_u32("llama.expert_count", 8), "llama.expert_count is 8"},
        {GgufBuilder().value_string("llama.rope.scaling.type", "longrope"),
         "scaling.type is longrope"},
        {GgufBuilder().value_u32("llama.rope.dimension_count", 2), "dimension_count is 2"},
        {GgufBuilder().value_u32("llama.attention.sliding_window", 4), "sliding_window is set"}};
    for (const auto& [extra, message] : values) {
        test::write_bytes(path, tiny_gguf(1, extra));
        const auto opened = open_gguf(path, Parts::WeightsOnly);
        ASSERT_FALSE(opened) << message;
        EXPECT_EQ(opened.error().code, ErrorCode::Unsupported);
        EXPECT_THAT(opened.error().message, HasSubstr(message));
    }
    for (const char* tensor : {"rope_freqs.weight", "blk.0.attn_qkv.weight", "position_embd.weight",
                               "blk.x.attn_q.weight", "blk.0.attn_q", "attn_q.weight"}) {
        test::write_bytes(path, tiny_gguf(0, {}, tensor));
        const auto opened = open_gguf(path, Parts::WeightsOnly);
        ASSERT_FALSE(opened) << tensor;
        EXPECT_THAT(opened.error().message, HasSubstr(tensor));
    }
    test::write_bytes(path, tiny_gguf(0, {}, "blk.1.attn_norm.weight"));
    EXPECT_THAT(open_gguf(path, Parts::WeightsOnly).error().message,
                HasSubstr("model.layers.1.input_layernorm.weight, which is no part"));
}

TEST(GgufModel, AnotherTokenizerOrAnotherFamilyIsUnsupported)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "x.gguf";
    test::write_bytes(path,
                      tiny_gguf(1, GgufBuilder().value_string("tokenizer.ggml.model", "rwkv")));
    EXPECT_THAT(open_gguf(path).error().message, HasSubstr("tokenizer.ggml.model is rwkv"));
    test::write_bytes(
        path, GgufBuilder().start(0, 1).value_string("general.architecture", "gemma3").bytes());
    EXPECT_THAT(open_gguf(path).error().message, HasSubstr("general.architecture is gemma3"));
    EXPECT_THAT(open_gguf(path).error().hint, HasSubstr("llama, qwen2, qwen3, gpt2, bert"));
}

} // namespace
} // namespace lyceum::models
