#include "core/metrics/final_answer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace lyceum::metrics {
namespace {

TEST(ExtractAnswer, TakesWhatFollowsTheLastMarker)
{
    EXPECT_EQ(extract_answer("Step 1: 3/6 = 1/2.\nAnswer: 5/6"), "5/6");
    EXPECT_EQ(extract_answer("The answer is 8 4/5 metres."), "8 4/5 metres");
    EXPECT_EQ(extract_answer("Answer: 3\nNo, wait.\nAnswer: 4.\nWell done!"), "4");
    EXPECT_EQ(extract_answer("**Answer:** 7/8"), "7/8");
    EXPECT_EQ(extract_answer("FINAL ANSWER:\n  -2"), "-2");
    EXPECT_EQ(extract_answer("Your answer is wrong. Answer: 0.5"), "0.5");
}

TEST(ExtractAnswer, FallsBackToTheLastNumber)
{
    EXPECT_EQ(extract_answer("First 3/6, and then we get 1 1/2 apples."), "1 1/2");
    EXPECT_EQ(extract_answer("It is 5."), "5");
    EXPECT_EQ(extract_answer("so -7"), "-7");
    EXPECT_EQ(extract_answer("10 - 7 = 3"), "3");
    EXPECT_EQ(extract_answer("I do not know."), "");
    EXPECT_EQ(extract_answer(""), "");
}

TEST(ParseNumber, ReadsFractionsMixedNumbersAndDecimals)
{
    const auto is = [](std::string_view text, std::int64_t numerator, std::int64_t denominator) {
        const auto number = parse_number(text);
        return number && *number == Fraction{numerator, denominator};
    };
    EXPECT_TRUE(is("5/6", 5, 6));
    EXPECT_TRUE(is("2/4", 1, 2));
    EXPECT_TRUE(is("5 / 6", 5, 6));
    EXPECT_TRUE(is("1 1/2", 3, 2));
    EXPECT_TRUE(is("-1 1/2", -3, 2));
    EXPECT_TRUE(is("0.75", 3, 4));
    EXPECT_TRUE(is(".5", 1, 2));
    EXPECT_TRUE(is("1,250", 1250, 1));
    EXPECT_TRUE(is("1,250.5", 2501, 2));
    EXPECT_TRUE(is("50%", 1, 2));
    EXPECT_TRUE(is("$3.20", 16, 5));
    EXPECT_TRUE(is("12 apples", 12, 1));
    EXPECT_TRUE(is("3/6 = 1/2", 1, 2));
    EXPECT_TRUE(is("x = -4", -4, 1));
    EXPECT_TRUE(is("3 cm2", 3, 1));
}

TEST(ParseNumber, ReadsNothingWhereThereIsNotOneNumber)
{
    for (const char* text : {"", "one half", "1/0", "3 and 4", "10 - 7", "99999999999999999999",
                             "1/99999999999999999999", "0.99999999999999999999", "x2"})
        EXPECT_FALSE(parse_number(text)) << text;
}

TEST(AnswersMatch, ComparesNumbersByValueAndWordsByLetters)
{
    EXPECT_TRUE(answers_match("2/4", "1/2"));
    EXPECT_TRUE(answers_match("1.5", "1 1/2"));
    EXPECT_TRUE(answers_match("3/2 litres", "1 1/2"));
    EXPECT_FALSE(answers_match("2/3", "1/2"));
    EXPECT_FALSE(answers_match("", "1/2"));
    EXPECT_FALSE(answers_match("-3", "3"));
    EXPECT_TRUE(answers_match("Photosynthesis.", "photosynthesis"));
    EXPECT_TRUE(answers_match("1/2 and 1/3", "1/2 and 1/3"));
    EXPECT_FALSE(answers_match("", ""));
    EXPECT_FALSE(answers_match("three", "3"));
}

TEST(AnswersMatch, FindsEveryAnswerOfTheStarterDataset)
{
    std::ifstream file(std::string(LYCEUM_SOURCE_DIR) + "/datasets/fractions-tutor/train.jsonl");
    std::string line;
    int count = 0;
    while (std::getline(file, line)) {
        const auto record = nlohmann::json::parse(line);
        const auto reply = record["messages"].back()["content"].get<std::string>();
        const auto answer = record["answer"].get<std::string>();
        EXPECT_TRUE(answers_match(extract_answer(reply), answer)) << line;
        EXPECT_TRUE(parse_number(answer)) << answer;
        ++count;
    }
    EXPECT_GT(count, 1000);
}

} // namespace
} // namespace lyceum::metrics
