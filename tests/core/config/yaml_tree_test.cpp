#include "core/config/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace lyceum::config {
namespace {

using testing::HasSubstr;

std::string first_problem(const std::string& text)
{
    const auto document = read_yaml(text);
    return document.problems.empty() ? "" : document.problems.front().message;
}

TEST(ReadYaml, RefusesAnchorsAndAliasesWithTheLine)
{
    const auto document = read_yaml("a: &x [1, 2]\nb: *x\n");
    ASSERT_EQ(document.problems.size(), 2U);
    EXPECT_EQ(document.problems[0].line, 1);
    EXPECT_EQ(document.problems[1].line, 2);
}

TEST(ReadYaml, AliasBombCostsNoMoreThanItsLength)
{
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 60; ++i) {
        const auto previous = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + previous;
        for (int copy = 0; copy < 9; ++copy)
            bomb += ", " + previous;
        bomb += "]\n";
    }
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(first_problem(bomb), HasSubstr("Anchors"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(ReadYaml, NestingBeyondUseIsAProblemNotACrash)
{
    EXPECT_FALSE(first_problem(std::string(1 << 20, '[')).empty());
    EXPECT_FALSE(first_problem(std::string(100, '[') + std::string(100, ']')).empty());
    std::string deep;
    for (int depth = 0; depth < 40; ++depth)
        deep += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
    EXPECT_THAT(first_problem(deep), HasSubstr("deeply"));
}

TEST(ReadYaml, DuplicateKeyIsAProblem)
{
    EXPECT_THAT(first_problem("a: 1\nb: 2\na: 3\n"), HasSubstr("a appears twice"));
}

TEST(ReadYaml, RefusesWhatIsTooLongOrNotText)
{
    EXPECT_THAT(first_problem(std::string((1 << 20) + 1, 'a')), HasSubstr("long"));
    EXPECT_THAT(first_problem("a: \xFF\n"), HasSubstr("UTF-8"));
    EXPECT_THAT(first_problem(std::string("a: 1\n\x04"
                                          "b: 2\n")),
                HasSubstr("control character"));
    EXPECT_THAT(first_problem(std::string("a: 1\n\0b: 2\n", 11)), HasSubstr("control character"));
    EXPECT_THAT(first_problem("a: !!python/object:os.system x\n"), HasSubstr("Tags"));
    EXPECT_THAT(first_problem("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
    EXPECT_THAT(first_problem("? [a, b]\n: 1\n"), HasSubstr("key"));
}

TEST(ReadYaml, RandomBytesNeverCrash)
{
    std::mt19937 random(7);
    const std::string alphabet = "abc:-[]{}&*!|>'\"%@`#,?\n\n  \t0123.";
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (auto i = random() % 60; i > 0; --i)
            text += alphabet[random() % alphabet.size()];
        (void)read_yaml(text);
    }
}

TEST(WriteInline, ReadsBackEqualWhateverTheText)
{
    const std::vector<std::string> texts = {"plain",
                                            "10%",
                                            "true",
                                            "null",
                                            "~",
                                            "",
                                            " lead",
                                            "a: b",
                                            "a #b",
                                            "- x",
                                            "[x]",
                                            "\"q\"",
                                            "back\\slash",
                                            "line\nbreak",
                                            "tab\t",
                                            "caf\xC3\xA9",
                                            "\xE2\x80\xA8",
                                            "\xC2\x85",
                                            "'s",
                                            "1e5",
                                            "0x10",
                                            "a/b.jsonl",
                                            "name@1",
                                            "*x",
                                            "&x",
                                            "!x",
                                            "%x",
                                            "@x",
                                            "`x",
                                            "x:",
                                            "\x7F",
                                            "\x1B[0m",
                                            "none"};
    for (const auto& text : texts) {
        const auto written = write_inline(quoted_scalar(text));
        const auto document = read_yaml("key: [" + written + "]\n");
        ASSERT_TRUE(document.problems.empty()) << written;
        ASSERT_EQ(document.root.entries.at(0).second.items.size(), 1U) << written;
        const auto& node = document.root.entries[0].second.items[0];
        EXPECT_EQ(node.kind, YamlNode::Kind::Scalar) << written;
        EXPECT_EQ(node.text, text) << written;
    }
}

} // namespace
} // namespace lyceum::config
