#include "core/text/utf8.h"

#include <gtest/gtest.h>

namespace lyceum::text {
namespace {

using namespace std::string_literals;

TEST(Utf8, WritesAndReadsEveryCodePoint)
{
    for (char32_t point = 0; point < 0x110000; ++point) {
        if (point >= 0xD800 && point < 0xE000)
            continue;
        std::string text;
        append_utf8(text, point);
        const CodePoint read = decode_utf8(text, 0);
        ASSERT_EQ(read.value, point);
        ASSERT_EQ(read.length, text.size());
        ASSERT_EQ(read.state, Utf8State::Valid);
    }
}

/// The examples of the Unicode Standard, section 3.9, "U+FFFD Substitution of Maximal Subparts".
TEST(Utf8, ReplacesEachMaximalPartOfAnIllFormedSequenceOnce)
{
    const std::string mark = "\xEF\xBF\xBD";
    const auto marks = [&mark](int count) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += mark;
        return text;
    };
    EXPECT_EQ(to_valid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), marks(8) + "A");
    EXPECT_EQ(to_valid_utf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), marks(8) + "A");
    EXPECT_EQ(to_valid_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
              marks(5) + "A" + marks(2) + "B");
    EXPECT_EQ(to_valid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), marks(4) + "A");
    EXPECT_EQ(to_valid_utf8("plain"), "plain");
}

TEST(Utf8, TellsACutCharacterFromABrokenOne)
{
    EXPECT_EQ(decode_utf8("\xE2\x82", 0).state, Utf8State::Truncated);
    EXPECT_EQ(decode_utf8("\xE2\x82x", 0).state, Utf8State::Invalid);
    EXPECT_EQ(decode_utf8("\xE2\x82x", 0).length, 2U);
    EXPECT_FALSE(is_valid_utf8("0123456789\xE2\x82"));
    EXPECT_TRUE(is_valid_utf8("0123456789\xE2\x82\xAC"));
}

} // namespace
} // namespace lyceum::text
