#include "core/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace lyceum {
namespace {

using testing::ElementsAre;

const std::vector<std::string> kVerbs{"train", "tokenize", "doctor", "runs", "export"};

TEST(Nearest, FindsTheWordOneSlipAway)
{
    EXPECT_EQ(nearest("trian", kVerbs), "train");
    EXPECT_EQ(nearest("tokenise", kVerbs), "tokenize");
    EXPECT_EQ(nearest("docter", kVerbs), "doctor");
}

TEST(Nearest, SuggestsNothingForAnotherWord)
{
    EXPECT_EQ(nearest("banana", kVerbs), std::nullopt);
    EXPECT_EQ(nearest("x", std::vector<std::string>{"y"}), std::nullopt);
    EXPECT_EQ(nearest("", kVerbs), std::nullopt);
    EXPECT_EQ(nearest("train", {}), std::nullopt);
}

TEST(Utf8, AcceptsEveryLengthAtItsLimits)
{
    for (const char* text :
         {"", "abc", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_EQ(find_invalid_utf8(text), std::nullopt) << text;
}

TEST(Utf8, NamesTheOffsetOfTheFirstBadByte)
{
    EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2u);
    EXPECT_EQ(find_invalid_utf8("\x80"), 0u) << "continuation alone";
    EXPECT_EQ(find_invalid_utf8("a\xC0\xAF"), 1u) << "overlong";
    EXPECT_EQ(find_invalid_utf8("\xE0\x9F\xBF"), 0u) << "overlong";
    EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u) << "surrogate";
    EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u) << "above U+10FFFF";
    EXPECT_EQ(find_invalid_utf8("abc\xE2\x82"), 3u) << "cut off";
    EXPECT_EQ(find_invalid_utf8("\xE2\x82\x41"), 0u) << "third byte";
}

TEST(FormatBytes, UsesTheUnitAReaderExpects)
{
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(1023), "1023 B");
    EXPECT_EQ(format_bytes(1024), "1.0 KiB");
    EXPECT_EQ(format_bytes(103'179'878), "98.4 MiB");
    EXPECT_EQ(format_bytes((1u << 20) - 1), "1.0 MiB");
    EXPECT_EQ(format_bytes(std::uint64_t{5} << 50), "5120.0 TiB");
}

TEST(FormatDuration, ShowsTheTwoLargestUnits)
{
    EXPECT_EQ(format_duration(0.2), "0 s");
    EXPECT_EQ(format_duration(48), "48 s");
    EXPECT_EQ(format_duration(59.7), "1 min");
    EXPECT_EQ(format_duration(436), "7 min 16 s");
    EXPECT_EQ(format_duration(4320), "1 h 12 min");
    EXPECT_EQ(format_duration(-1), "unknown");
    EXPECT_EQ(format_duration(std::numeric_limits<double>::quiet_NaN()), "unknown");
}

TEST(SplitJoin, KeepEmptyParts)
{
    EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_EQ(join(split("a,,b,", ','), ","), "a,,b,");
    EXPECT_EQ(join({}, ", "), "");
}

} // namespace
} // namespace lyceum
