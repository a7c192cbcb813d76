#include "core/data/dataset.h"
#include "tests/core/data/temporary_folder.h"

#include <gmock/gmock.h>

namespace lyceum::data {
namespace {

std::string lines(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "{\"text\": \"" + std::to_string(i) + "\"}\n";
    return text;
}

std::vector<std::string> texts(const std::vector<Record>& records)
{
    std::vector<std::string> result;
    for (const Record& record : records)
        result.push_back(record.text);
    return result;
}

TEST(TrainingData, TakesTheDatasetsOwnValidationSplit)
{
    const TemporaryFolder workspace;
    const auto data = load_training_data("fractions-tutor", "auto", 1, workspace.path());
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data.value().train.size(), 1400U);
    EXPECT_EQ(data.value().validation.size(), 120U);
    EXPECT_NE(data.value().train_sha256, data.value().validation_sha256);
}

TEST(TrainingData, DrawsAShareBySeed)
{
    const TemporaryFolder workspace;
    const std::string file = workspace.write("a.jsonl", lines(50)).string();
    const auto draw = [&](std::string_view share, std::uint64_t seed) {
        return load_training_data(file, share, seed, workspace.path()).value();
    };
    const TrainingData data = draw("10%", 7);
    EXPECT_EQ(data.train.size(), 45U);
    EXPECT_EQ(data.validation.size(), 5U);
    EXPECT_EQ(texts(data.validation), texts(draw("10%", 7).validation));
    EXPECT_NE(texts(data.validation), texts(draw("10%", 8).validation));
    EXPECT_EQ(texts(data.validation), texts(draw("auto", 7).validation));
    auto all = texts(data.train);
    for (const std::string& text : texts(data.validation))
        all.push_back(text);
    EXPECT_THAT(all, testing::WhenSorted(testing::ElementsAreArray([] {
                    std::vector<std::string> expected;
                    for (int i = 0; i < 50; ++i)
                        expected.push_back(std::to_string(i));
                    std::sort(expected.begin(), expected.end());
                    return expected;
                }())));
    EXPECT_EQ(draw("none", 7).train.size(), 50U);
    EXPECT_EQ(draw("0.1%", 7).validation.size(), 1U);
}

TEST(TrainingData, RefusesSharesThatLeaveNothing)
{
    const TemporaryFolder workspace;
    const std::string file = workspace.write("a.jsonl", lines(5)).string();
    for (const char* share : {"0%", "100%", "-5%", "1e9%"})
        EXPECT_EQ(load_training_data(file, share, 1, workspace.path()).error().code,
                  ErrorCode::InvalidConfig)
            << share;
    const std::string one = workspace.write("b.jsonl", lines(1)).string();
    EXPECT_FALSE(load_training_data(one, "auto", 1, workspace.path()));
    EXPECT_TRUE(load_training_data(one, "none", 1, workspace.path()));
}

TEST(TrainingData, RefusesBadRecords)
{
    const TemporaryFolder workspace;
    const std::string file = workspace.write("a.jsonl", lines(3) + "{}\n").string();
    const auto data = load_training_data(file, "none", 1, workspace.path());
    ASSERT_FALSE(data);
    EXPECT_NE(data.error().message.find("line 4"), std::string::npos);
}

} // namespace
} // namespace lyceum::data
