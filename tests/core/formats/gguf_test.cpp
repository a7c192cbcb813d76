#include "core/formats/gguf.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using test::GgufBuilder;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two float32 tensors and a value of several kinds.
GgufBuilder small_file(std::uint32_t version)
{
    GgufBuilder builder;
    builder.start(2, 5, version).value_string("general.architecture", "tiny");
    builder.value_u32("tiny.size", 7).value_f32("tiny.eps", 0.5F);
    builder.value_strings("tiny.words", {"a", "", "bc"});
    builder.string("tiny.flag").number<std::uint32_t>(7).number<std::uint8_t>(1);
    builder.tensor("w", {3, 2}, 0, 0).tensor("b", {4}, 0, 32).pad();
    for (const float value : {1.F, 2.F, 3.F, 4.F, 5.F, 6.F})
        builder.number(value);
    builder.pad();
    for (const float value : {-1.F, -2.F, -3.F, -4.F})
        builder.number(value);
    return builder;
}

TEST(Gguf, ReadsMetadataAndTensorsOfVersions2And3)
{
    const test::TemporaryFolder folder;
    for (const std::uint32_t version : {2U, 3U}) {
        const auto path = folder.path() / "small.gguf";
        test::write_bytes(path, small_file(version).bytes());
        const auto opened = GgufFile::open(path);
        ASSERT_TRUE(opened) << opened.error().message;
        const GgufFile& file = *opened.value();
        EXPECT_EQ(file.version(), version);
        EXPECT_EQ(file.get_string("general.architecture").value(), "tiny");
        EXPECT_EQ(file.get_integer("tiny.size").value(), 7);
        EXPECT_EQ(file.get_number("tiny.eps").value(), 0.5);
        EXPECT_TRUE(file.get_bool("tiny.flag").value());
        EXPECT_THAT(file.get_strings("tiny.words").value(), ElementsAre("a", "", "bc"));
        EXPECT_THAT(file.tensors()[0].shape, ElementsAre(2, 3));
        std::vector<float> values(6);
        ASSERT_TRUE(file.read_float32("w", values));
        EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6));
        values.resize(4);
        ASSERT_TRUE(file.read_float32("b", values));
        EXPECT_THAT(values, ElementsAre(-1, -2, -3, -4));
    }
}

TEST(Gguf, NamesKeyAndTypeOfAValueOfAnotherKind)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "small.gguf";
    test::write_bytes(path, small_file(3).bytes());
    const auto file = GgufFile::open(path).value();
    EXPECT_THAT(file->get_integer("tiny.eps").error().message,
                HasSubstr("metadata tiny.eps is a float32, expected an integer"));
    EXPECT_THAT(file->get_integer("tiny.words").error().message, HasSubstr("an array of string"));
    EXPECT_THAT(file->get_integers("tiny.words").error().message, HasSubstr("tiny.words"));
    EXPECT_THAT(file->get_string("tiny.none").error().message,
                HasSubstr("metadata tiny.none is missing"));
}

TEST(Gguf, AFileThatIsNotThereIsNotFoundAndAFolderIsIo)
{
    EXPECT_EQ(GgufFile::open("/no/such.gguf").error().code, ErrorCode::NotFound);
    EXPECT_EQ(GgufFile::open("/tmp").error().code, ErrorCode::Io);
}

TEST(Gguf, SaysThatAKnownButUnreadableTypeIsUnsupported)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "k.gguf";
    GgufBuilder builder;
    builder.start(1, 0).tensor("w", {256}, 23, 0).pad().raw(std::string(136, 'x'));
    test::write_bytes(path, builder.bytes());
    const auto file = GgufFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    std::vector<float> values(256);
    const auto read = file.value()->read_float32("w", values);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(read.error().message, HasSubstr("tensor w is stored as IQ4_XS"));
}

} // namespace
} // namespace lyceum::formats
