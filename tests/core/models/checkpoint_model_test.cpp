#include "core/models/model_opener.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

constexpr const char* kQuery = "model.layers.1.self_attn.q_proj.weight";

class CheckpointModel : public testing::Test {
protected:
    void SetUp() override { test::write_tiny_folder(base()); }
    [[nodiscard]] std::filesystem::path base() const { return temporary_.path() / "tiny"; }
    [[nodiscard]] std::filesystem::path checkpoint() const { return temporary_.path() / "step-1"; }
    [[nodiscard]] Result<ModelPackage> open(const std::filesystem::path& path) const
    {
        return open_model(path.string(), temporary_.path());
    }

    test::TemporaryFolder temporary_;
};

std::vector<float> read(const ModelPackage& package, const char* name, std::size_t count)
{
    std::vector<float> values(count);
    EXPECT_TRUE(package.tensors->read_float32(name, values));
    return values;
}

TEST_F(CheckpointModel, OfLoraIsTheBaseWithItsAdapter)
{
    test::write_tiny_checkpoint(checkpoint(), 1, base().string(), "lora", test::tiny_adapter());
    const auto opened = open(checkpoint());
    ASSERT_TRUE(opened) << opened.error().message;
    const ModelPackage& package = opened.value();
    EXPECT_EQ(package.name, checkpoint().string());
    EXPECT_EQ(package.base_name, base().string());
    EXPECT_EQ(package.checkpoint_folder, checkpoint());
    ASSERT_TRUE(package.adapter);
    EXPECT_EQ(package.adapter->rank, 2);
    EXPECT_EQ(package.adapter->alpha, 3.0);
    EXPECT_EQ(package.adapter->tensors->tensors().size(), 8U);
    EXPECT_EQ(read(package, kQuery, 24 * 24),
              test::tiny_tensors(test::tiny_architecture())[kQuery].second);
}

TEST_F(CheckpointModel, OfFullTrainingHasItsOwnWeights)
{
    const auto tensors = test::tiny_tensors(test::tiny_architecture(), 99);
    test::write_tiny_checkpoint(checkpoint(), 1, base().string(), "full", tensors);
    const auto opened = open(checkpoint());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_FALSE(opened.value().adapter);
    EXPECT_NE(opened.value().tokenizer, nullptr);
    EXPECT_EQ(read(opened.value(), kQuery, 24 * 24), tensors.at(kQuery).second);
}

/// A checkpoint of a run that froze all but some tensors.
void write_partial(const std::filesystem::path& folder, const std::string& base,
                   const test::TinyTensors& tensors)
{
    test::write_tiny_checkpoint(folder, 1, base, "full", tensors);
    auto manifest = read_manifest(folder).value();
    manifest.frozen = {"model.embed_tokens.*"};
    test::write_bytes(folder / "checkpoint.json", to_json(manifest));
}

TEST_F(CheckpointModel, OfAPartlyFrozenModelTakesTheRestFromItsBase)
{
    const auto changed = test::tiny_tensors(test::tiny_architecture(), 99);
    write_partial(checkpoint(), base().string(), {{kQuery, changed.at(kQuery)}});
    const auto opened = open(checkpoint());
    ASSERT_TRUE(opened) << opened.error().message;
    const auto original = test::tiny_tensors(test::tiny_architecture());
    constexpr const char* kEmbedding = "model.embed_tokens.weight";
    EXPECT_EQ(read(opened.value(), kQuery, 24 * 24), changed.at(kQuery).second);
    EXPECT_EQ(read(opened.value(), kEmbedding, 260 * 24), original.at(kEmbedding).second);
    EXPECT_EQ(opened.value().tensors->tensors().size(), original.size());
}

TEST_F(CheckpointModel, OfAPartlyFrozenModelRefusesTensorsThatItsBaseDoesNotHave)
{
    write_partial(checkpoint(), base().string(), {{kQuery, {{2, 3}, std::vector<float>(6)}}});
    const auto opened = open(checkpoint());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr(kQuery));
}

TEST_F(CheckpointModel, TrainedOnACheckpointHasTheFirstAdapterMerged)
{
    const auto second = temporary_.path() / "step-2";
    const auto adapter = test::tiny_adapter();
    test::write_tiny_checkpoint(checkpoint(), 1, base().string(), "lora", adapter);
    test::write_tiny_checkpoint(second, 2, checkpoint().string(), "lora", test::tiny_adapter(77));
    const auto opened = open(second);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto merged = read(opened.value(), kQuery, 24 * 24);
    const auto weight = test::tiny_tensors(test::tiny_architecture())[kQuery].second;
    const auto& a = adapter.at("model.layers.1.self_attn.q_proj.lora_A.weight").second;
    const auto& b = adapter.at("model.layers.1.self_attn.q_proj.lora_B.weight").second;
    for (std::size_t row = 0; row < 24; ++row)
        for (std::size_t column = 0; column < 24; ++column) {
            const float update =
                b[row * 2] * a[column] + b[row * 2 + 1] * a[24 + column]; // rank 2, alpha 3
            EXPECT_NEAR(merged[row * 24 + column], weight[row * 24 + column] + 1.5F * update, 1e-6);
        }
    constexpr const char* kKey = "model.layers.1.self_attn.k_proj.weight";
    EXPECT_EQ(read(opened.value(), kKey, 12 * 24),
              test::tiny_tensors(test::tiny_architecture())[kKey].second);
}

TEST_F(CheckpointModel, TrainedOnItselfIsAnErrorNotALoop)
{
    test::write_tiny_checkpoint(checkpoint(), 1, checkpoint().string(), "lora",
                                test::tiny_adapter());
    EXPECT_THAT(open(checkpoint()).error().message, HasSubstr("chain of more than 8"));
}

TEST_F(CheckpointModel, AnAdapterThatDoesNotFitIsNamed)
{
    const std::string q = "model.layers.0.self_attn.q_proj.";
    const auto problem = [&](const test::TinyTensors& tensors) {
        test::write_tiny_checkpoint(checkpoint(), 1, base().string(), "lora", tensors);
        const auto opened = open(checkpoint());
        EXPECT_FALSE(opened);
        return opened ? std::string() : opened.error().message;
    };
    auto tensors = test::tiny_adapter();
    tensors[q + "lora_A.weight"] = {{3, 24}, test::random_values(72, 1)};
    EXPECT_THAT(problem(tensors), HasSubstr("has the shape [3, 24], expected [2, 24]"));
    tensors = test::tiny_adapter();
    tensors.erase(q + "lora_B.weight");
    EXPECT_THAT(problem(tensors), HasSubstr("only one of A and B"));
    tensors = test::tiny_adapter();
    tensors["model.layers.9.self_attn.q_proj.lora_A.weight"] = {{2, 24},
                                                                test::random_values(48, 1)};
    EXPECT_THAT(problem(tensors), HasSubstr("belongs to no weight"));
    tensors = test::tiny_adapter();
    tensors["model.layers.0.self_attn.k_proj.lora_A.weight"] = {{2, 24},
                                                                test::random_values(48, 1)};
    EXPECT_THAT(problem(tensors), HasSubstr("none of the targets q_proj, v_proj"));
    tensors = test::tiny_adapter();
    tensors["x"] = {{1}, {1.F}};
    EXPECT_THAT(problem(tensors), HasSubstr("x is no part of a LoRA adapter"));
}

TEST_F(CheckpointModel, AFileOfAnotherSizeThanTheManifestSaysIsNamed)
{
    test::write_tiny_checkpoint(checkpoint(), 1, base().string(), "lora", test::tiny_adapter());
    std::filesystem::resize_file(checkpoint() / "adapter_model.safetensors", 100);
    EXPECT_THAT(open(checkpoint()).error().message, HasSubstr("has 100 bytes, expected"));
}

TEST_F(CheckpointModel, AMissingBaseIsNamedWithTheCheckpoint)
{
    test::write_tiny_checkpoint(checkpoint(), 1, "no-such-model", "lora", test::tiny_adapter());
    const Error error = open(checkpoint()).error();
    EXPECT_EQ(error.code, ErrorCode::NotFound);
    EXPECT_THAT(error.message, HasSubstr("cannot open the base model of"));
    EXPECT_THAT(error.message, HasSubstr("no-such-model"));
}

} // namespace
} // namespace lyceum::models
