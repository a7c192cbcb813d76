#include "core/text/regex.h"

#include <gtest/gtest.h>

namespace lyceum::text {
namespace {

std::vector<std::string> pieces(std::string_view pattern, std::string_view text)
{
    const auto regex = Regex::compile(pattern);
    EXPECT_TRUE(regex) << regex.error().message;
    std::vector<std::string> found;
    std::size_t position = 0;
    while (const auto match = regex.value()->find(text, position)) {
        if (match->begin == match->end)
            break;
        found.emplace_back(text.substr(match->begin, match->end - match->begin));
        position = match->end;
    }
    return found;
}

using Pieces = std::vector<std::string>;

TEST(Regex, FindsWhatIsNotEmptyInOrder)
{
    EXPECT_EQ(pieces(R"(\p{L}+| ?\p{N}*)", "ab 12cd"), (Pieces{"ab", " 12", "cd"}));
}

TEST(Regex, CountsLettersOfANewerUnicodeThanPcre2)
{
    EXPECT_EQ(pieces(R"(\p{L}+)", "x\xEA\x9F\x8By"), (Pieces{"x\xEA\x9F\x8By"})); // U+A7CB
    EXPECT_EQ(pieces(R"(\s+)", "\xE1\xA0\x8E"), (Pieces{}));                      // U+180E
}

TEST(Regex, NamesConstructsThatTheEnginesReadDifferently)
{
    for (const char* pattern : {R"(\p{Mn}+)", R"(\p{Nothing})", "a{1,3}+", "[a[bc]]", "[a&&b]",
                                R"([\S])", R"([\P{Lu}])", R"(\1)", R"(\Aa)", "(?<name>a)", "\\"}) {
        const auto made = Regex::compile(pattern);
        ASSERT_FALSE(made) << pattern;
        EXPECT_EQ(made.error().code, ErrorCode::Unsupported) << pattern;
    }
    EXPECT_EQ(Regex::compile("(a").error().code, ErrorCode::InvalidData);
}

TEST(Regex, GivesUpOnAPatternThatBacktracksWithoutEnd)
{
    EXPECT_EQ(pieces("(?:a+)+b", std::string(64, 'a')), (Pieces{}));
}

} // namespace
} // namespace lyceum::text
