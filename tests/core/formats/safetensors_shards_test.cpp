#include "core/formats/json.h"
#include "core/formats/safetensors.h"
#include "core/formats/weights_folder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using testing::ElementsAre;

/// Four tensors of 16, 16, 48 and 8 bytes; each holds its position.
std::vector<StoredTensor> four_tensors()
{
    const GgmlType* type = find_ggml_type("F32");
    return {{"a", {4}, type}, {"b", {2, 2}, type}, {"c", {12}, type}, {"d", {2}, type}};
}

std::vector<std::string> write_four(const std::filesystem::path& folder, std::uint64_t limit)
{
    auto writer = create_safetensors_folder(folder, four_tensors(), limit);
    EXPECT_TRUE(writer) << writer.error().message;
    float value = 0.0F;
    for (const StoredTensor& tensor : four_tensors()) {
        const std::vector<float> data(tensor.size_bytes() / sizeof(float), ++value);
        EXPECT_TRUE(writer.value()->append(std::as_bytes(std::span(data))));
    }
    const auto committed = writer.value()->commit();
    EXPECT_TRUE(committed) << committed.error().message;
    return writer.value()->file_names();
}

void expect_four(const std::filesystem::path& folder)
{
    const auto source = open_weights_folder(folder);
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source.value()->tensors().size(), 4U);
    float value = 0.0F;
    for (const StoredTensor& tensor : four_tensors()) {
        std::vector<float> values(tensor.size_bytes() / sizeof(float));
        ASSERT_TRUE(source.value()->read_float32(tensor.name, values)) << tensor.name;
        EXPECT_THAT(values, testing::Each(++value)) << tensor.name;
    }
}

TEST(SafetensorsShards, AFolderBelowTheLimitHasOneFile)
{
    const test::TemporaryFolder folder;
    EXPECT_THAT(write_four(folder.path(), 88), ElementsAre("model.safetensors"));
    expect_four(folder.path());
}

TEST(SafetensorsShards, AboveItHasShardsOfAtMostThatAndAnIndex)
{
    const test::TemporaryFolder folder;
    EXPECT_THAT(write_four(folder.path(), 32),
                ElementsAre("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                            "model-00003-of-00003.safetensors", "model.safetensors.index.json"));
    expect_four(folder.path());
    const auto index = read_json_file(folder.path() / "model.safetensors.index.json");
    ASSERT_TRUE(index);
    EXPECT_EQ(index.value()["metadata"]["total_size"], 88);
    EXPECT_EQ(index.value()["weight_map"]["b"], "model-00001-of-00003.safetensors");
    EXPECT_EQ(index.value()["weight_map"]["c"], "model-00002-of-00003.safetensors"); // alone
}

TEST(SafetensorsShards, ATensorAboveTheLimitHasAFileForItself)
{
    const test::TemporaryFolder folder;
    EXPECT_EQ(write_four(folder.path(), 1).size(), 5U);
    expect_four(folder.path());
}

TEST(SafetensorsShards, NoFileHasItsNameBeforeTheLastTensor)
{
    const test::TemporaryFolder folder;
    {
        auto writer = create_safetensors_folder(folder.path(), four_tensors(), 16);
        ASSERT_TRUE(writer);
        const std::vector<std::byte> data(16);
        ASSERT_TRUE(writer.value()->append(data));
        ASSERT_TRUE(writer.value()->append(data));
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            EXPECT_FALSE(entry.path().filename().string().ends_with(".safetensors"));
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace
} // namespace lyceum::formats
