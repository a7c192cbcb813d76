#include "core/formats/gguf.h"
#include "core/formats/gguf_writer.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GgufWriter, WhatIsWrittenIsRead)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "written.gguf";
    const GgufMetadata metadata = {{"general.architecture", std::string("tiny")},
                                   {"flag", true},
                                   {"size", 7U},
                                   {"eps", 0.25F},
                                   {"words", std::vector<std::string>{"a", "", "b c"}},
                                   {"numbers", std::vector<std::int32_t>{-1, 2}},
                                   {"none", std::vector<std::string>{}}};
    auto writer =
        create_gguf(path, metadata,
                    {{"norm", {3}, find_ggml_type("F32")}, {"w", {2, 32}, find_ggml_type("Q8_0")}});
    ASSERT_TRUE(writer) << writer.error().message;
    const std::vector<float> norm = {1.0F, -2.0F, 3.5F};
    std::vector<std::byte> blocks(68, std::byte{1});
    ASSERT_TRUE(writer.value()->append(std::as_bytes(std::span(norm))));
    ASSERT_TRUE(writer.value()->append(blocks));
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(writer.value()->commit());
    EXPECT_THAT(writer.value()->file_names(), ElementsAre("written.gguf"));

    const auto file = GgufFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file.value()->version(), 3U);
    EXPECT_EQ(file.value()->get_string("general.architecture").value(), "tiny");
    EXPECT_TRUE(file.value()->get_bool("flag").value());
    EXPECT_EQ(file.value()->get_integer("size").value(), 7);
    EXPECT_EQ(file.value()->get_number("eps").value(), 0.25);
    EXPECT_THAT(file.value()->get_strings("words").value(), ElementsAre("a", "", "b c"));
    EXPECT_THAT(file.value()->get_integers("numbers").value(), ElementsAre(-1, 2));
    EXPECT_THAT(file.value()->get_strings("none").value(), IsEmpty());
    EXPECT_THAT(file.value()->tensors()[1].shape, ElementsAre(2, 32));
    EXPECT_EQ(file.value()->tensors()[1].dtype, "Q8_0");
    std::vector<float> values(3);
    ASSERT_TRUE(file.value()->read_float32("norm", values));
    EXPECT_EQ(values, norm);
    const auto raw = file.value()->raw_bytes("w").value();
    EXPECT_TRUE(std::ranges::equal(raw, blocks));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(raw.data()) % 32, 0U);
    EXPECT_EQ(std::filesystem::file_size(path) % 32, 0U);
}

TEST(GgufWriter, LeavesNothingWhenItIsNotFinished)
{
    const test::TemporaryFolder folder;
    {
        auto writer =
            create_gguf(folder.path() / "half.gguf", {}, {{"w", {4}, find_ggml_type("F32")}});
        ASSERT_TRUE(writer);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(GgufWriter, SaysBeforeWritingThatTheDiskIsTooSmall)
{
    const test::TemporaryFolder folder;
    const auto refused = create_gguf(folder.path() / "huge.gguf", {},
                                     {{"w", {1 << 20, 1 << 30}, find_ggml_type("F32")}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::DiskFull);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace
} // namespace lyceum::formats
