#include "core/formats/safetensors.h"
#include "core/formats/weights_folder.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kIndex = "model.safetensors.index.json";

class WeightsFolder : public testing::Test {
protected:
    void SetUp() override
    {
        const auto one = std::as_bytes(std::span(one_));
        const auto two = std::as_bytes(std::span(two_));
        ASSERT_TRUE(write_safetensors(folder_.path() / "a.safetensors", {{"x", {1}, "F32", one}}));
        ASSERT_TRUE(write_safetensors(folder_.path() / "b.safetensors",
                                      {{"y", {2}, "F32", two}, {"z", {1}, "F32", one}}));
    }
    std::string problem_with(const std::string& index)
    {
        test::write_bytes(folder_.path() / kIndex, index);
        const auto opened = open_weights_folder(folder_.path());
        EXPECT_FALSE(opened) << index;
        return opened ? std::string() : opened.error().message;
    }

    test::TemporaryFolder folder_;
    std::vector<float> one_ = {1.F};
    std::vector<float> two_ = {2.F, 3.F};
};

TEST_F(WeightsFolder, ReadsTheTensorsOfAllShards)
{
    test::write_bytes(folder_.path() / kIndex,
                      R"({"metadata":{"total_size":16},"weight_map":
                          {"x":"a.safetensors","y":"b.safetensors","z":"b.safetensors"}})");
    const auto opened = open_weights_folder(folder_.path());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened.value()->tensors().size(), 3U);
    std::vector<float> values(2);
    ASSERT_TRUE(opened.value()->read_float32("y", values));
    EXPECT_THAT(values, ElementsAre(2.F, 3.F));
}

TEST_F(WeightsFolder, RefusesAShardOutsideTheFolder)
{
    for (const char* name : {"../a.safetensors", "/etc/a.safetensors", "a.bin", ".safetensors"})
        EXPECT_THAT(problem_with(std::string(R"({"weight_map":{"x":")") + name + "\"}}"),
                    HasSubstr(name));
    EXPECT_THAT(problem_with(R"({"weight_map":{"x":5}})"), HasSubstr("in 5"));
}

TEST_F(WeightsFolder, RefusesAnIndexThatDisagreesWithTheShards)
{
    EXPECT_THAT(problem_with(R"({"weight_map":{"x":"a.safetensors","y":"b.safetensors"}})"),
                HasSubstr("holds 2 tensors"));
    EXPECT_THAT(problem_with(R"({"weight_map":{"w":"a.safetensors"}})"),
                HasSubstr("tensor x, which"));
    EXPECT_THAT(problem_with(R"({"weight_map":{"x":"c.safetensors"}})"),
                HasSubstr("c.safetensors"));
    EXPECT_THAT(problem_with(R"({"weight_map":{}})"), HasSubstr("weight_map"));
    EXPECT_THAT(problem_with("[]"), HasSubstr("weight_map"));
}

TEST_F(WeightsFolder, AFolderWithoutWeightsIsNotFound)
{
    const auto opened = open_weights_folder(folder_.path());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
    EXPECT_THAT(opened.error().message, HasSubstr("neither model.safetensors nor"));
}

} // namespace
} // namespace lyceum::formats
