#include "core/base/sha256.h"
#include "core/models/model_package.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

CheckpointManifest example()
{
    CheckpointManifest manifest;
    manifest.run = "fractions";
    manifest.step = 50;
    manifest.base_model = "smollm2-135m-instruct";
    manifest.method = "lora";
    manifest.lora_rank = 16;
    manifest.lora_alpha = 32.0;
    manifest.lora_targets = {"q_proj", "v_proj"};
    manifest.val_loss = 1.25;
    manifest.time = 1.5e9;
    manifest.files = {{"a.safetensors", 5, sha256_hex("hello")}};
    return manifest;
}

TEST(CheckpointManifest, IsReadBackAsWritten)
{
    const test::TemporaryFolder folder;
    test::write_bytes(folder.path() / "checkpoint.json", to_json(example()));
    const auto read = read_manifest(folder.path());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_json(read.value()), to_json(example()));
    EXPECT_EQ(read.value().lora_targets, example().lora_targets);
    EXPECT_EQ(read.value().val_loss, 1.25);
    CheckpointManifest variant = example();
    variant.method = "qlora";
    variant.use_rslora = variant.use_dora = true;
    test::write_bytes(folder.path() / "checkpoint.json", to_json(variant));
    EXPECT_EQ(to_json(read_manifest(folder.path()).value()), to_json(variant));
    EXPECT_TRUE(read_manifest(folder.path()).value().use_dora);
    CheckpointManifest full = example();
    full.method = "full";
    full.val_loss.reset();
    full.frozen = {"model.layers.0.*"};
    test::write_bytes(folder.path() / "checkpoint.json", to_json(full));
    EXPECT_EQ(read_manifest(folder.path()).value().val_loss, std::nullopt);
    EXPECT_EQ(read_manifest(folder.path()).value().frozen, full.frozen);
}

TEST(CheckpointManifest, VerifyNamesTheFirstFileThatDiffers)
{
    const test::TemporaryFolder folder;
    test::write_bytes(folder.path() / "checkpoint.json", to_json(example()));
    EXPECT_THAT(verify_checkpoint(folder.path()).error().message,
                HasSubstr("a.safetensors is missing"));
    test::write_bytes(folder.path() / "a.safetensors", "hell");
    EXPECT_THAT(verify_checkpoint(folder.path()).error().message,
                HasSubstr("has 4 bytes, expected 5"));
    test::write_bytes(folder.path() / "a.safetensors", "hullo");
    EXPECT_THAT(verify_checkpoint(folder.path()).error().message, HasSubstr("SHA-256"));
    test::write_bytes(folder.path() / "a.safetensors", "hello");
    EXPECT_TRUE(verify_checkpoint(folder.path()));
}

TEST(CheckpointManifest, ARefusedFieldIsNamed)
{
    const test::TemporaryFolder folder;
    const std::string good = to_json(example());
    const std::pair<std::string, std::string> changes[] = {
        {"\"a.safetensors\"", "\"../a.safetensors\""},
        {"\"step\": 50", "\"step\": -1"},
        {"\"lora\",", "\"magic\","},
        {"\"rank\": 16", "\"rank\": 0"},
        {"\"size_bytes\": 5", "\"size_bytes\": -5"},
        {"1.25", "\"low\""},
        {"\"run\": \"fractions\"", "\"run\": null"},
        {"\"format_version\": 1", "\"format_version\": 2"}};
    for (const auto& [from, to] : changes) {
        std::string text = good;
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        test::write_bytes(folder.path() / "checkpoint.json", text.replace(at, from.size(), to));
        const auto read = read_manifest(folder.path());
        ASSERT_FALSE(read) << to;
        EXPECT_THAT(read.error().message, HasSubstr("checkpoint.json")) << to;
    }
}

TEST(CheckpointIndex, IsReadBackAsWrittenAndNamesNothingOutsideItsFolder)
{
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "checkpoints");
    ASSERT_TRUE(write_checkpoint_index(folder.path(), {"step-000050", std::nullopt}));
    const auto index = read_checkpoint_index(folder.path());
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index.value().best, "step-000050");
    EXPECT_EQ(index.value().last, std::nullopt);
    test::write_bytes(folder.path() / "checkpoints" / "index.json", R"({"best":"../../x"})");
    EXPECT_THAT(read_checkpoint_index(folder.path()).error().message, HasSubstr("../../x"));
}

} // namespace
} // namespace lyceum::models
