#include "core/base/atomic_file.h"
#include "core/formats/convert.h"
#include "core/formats/safetensors.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
std::span<const std::byte> bytes_of(const std::vector<T>& values)
{
    return std::as_bytes(std::span(values));
}

TEST(Safetensors, WhatIsWrittenIsReadBack)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "x.safetensors";
    const std::vector<float> weights = {1.F, -2.F, 3.5F, 0.F, 5.F, 6.F};
    const std::vector<std::int64_t> steps = {1, -1};
    const std::vector<std::uint16_t> halves = {0x3C00, 0xC000};
    const std::vector<std::uint8_t> odd = {7, 8, 9};
    const std::vector<float> nothing;
    const auto written = write_safetensors(path,
                                           {{"odd", {3}, "U8", bytes_of(odd)},
                                            {"w", {2, 3}, "F32", bytes_of(weights)},
                                            {"steps", {2}, "I64", bytes_of(steps)},
                                            {"h", {2, 1}, "F16", bytes_of(halves)},
                                            {"b", {2}, "BF16", bytes_of(halves)},
                                            {"none", {0, 4}, "F32", bytes_of(nothing)},
                                            {"scalar", {}, "U8", bytes_of(odd).first(1)}},
                                           {{"format", "pt"}, {"note", "\"quoted\""}});
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(read_safetensors_metadata(path).value().at("note"), "\"quoted\"");
    const auto file = open_safetensors(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file.value()->tensors().size(), 7U);
    std::vector<float> values(6);
    ASSERT_TRUE(file.value()->read_float32("w", values));
    EXPECT_EQ(values, weights);
    values.resize(2);
    ASSERT_TRUE(file.value()->read_float32("h", values));
    EXPECT_THAT(values, ElementsAre(1.F, -2.F));
    ASSERT_TRUE(file.value()->read_float32("b", values));
    EXPECT_THAT(values, ElementsAre(0.0078125F, -2.F));
    const auto raw = file.value()->raw_bytes("steps");
    ASSERT_TRUE(raw);
    EXPECT_EQ(0, std::memcmp(raw.value().data(), steps.data(), raw.value().size()));
    const auto no_numbers = file.value()->read_float32("steps", values);
    ASSERT_FALSE(no_numbers);
    EXPECT_EQ(no_numbers.error().code, ErrorCode::Unsupported);
    EXPECT_EQ(file.value()->read_float32("absent", values).error().code, ErrorCode::NotFound);
}

TEST(Safetensors, DataBeginsAtAMultipleOfEight)
{
    const test::TemporaryFolder folder;
    const std::vector<std::uint8_t> one = {1};
    for (std::string name = "a"; name.size() < 9; name += "a") {
        const auto path = folder.path() / name;
        ASSERT_TRUE(write_safetensors(path, {{name, {1}, "U8", bytes_of(one)}}));
        const std::string bytes = read_file(path).value();
        EXPECT_EQ((bytes.size() - 1) % 8, 0U);
    }
}

TEST(Safetensors, AFailedWriteLeavesNothingBehind)
{
    const test::TemporaryFolder folder;
    const std::vector<std::uint8_t> one = {1};
    const auto path = folder.path() / "no" / "such" / "folder" / "x.safetensors";
    EXPECT_FALSE(write_safetensors(path, {{"a", {1}, "U8", bytes_of(one)}}));
    EXPECT_FALSE(std::filesystem::exists(path));
}

} // namespace
} // namespace lyceum::formats
