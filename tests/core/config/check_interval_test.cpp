#include "core/config/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::config {
namespace {

using testing::HasSubstr;
using Unit = CheckInterval::Unit;

TEST(CheckInterval, ReadsStepsSharesAndTimesAndWritesThemBack)
{
    EXPECT_EQ(parse_check_interval("50"), CheckInterval(50));
    EXPECT_EQ(parse_check_interval("0.25"), CheckInterval(0.25, Unit::Epochs));
    EXPECT_EQ(parse_check_interval("1.0"), CheckInterval(1.0, Unit::Epochs)) << "once an epoch";
    EXPECT_EQ(parse_check_interval("10min"), CheckInterval(10, Unit::Minutes));
    EXPECT_EQ(parse_check_interval("2h"), CheckInterval(120, Unit::Minutes));
    for (const char* text : {"", "min", "often", "10 min", "5x"})
        EXPECT_FALSE(parse_check_interval(text)) << text;
    for (const char* text : {"50", "0.25", "1.0", "10min", "2.5min"})
        EXPECT_EQ(to_string(*parse_check_interval(text)), text);
}

TEST(CheckInterval, SurvivesAFileAndRefusesWhatCannotBe)
{
    for (const std::string value : {"50", "0.25", "10min"}) {
        const auto parsed = parse_yaml("data: {train: a}\ntrainer: {val_check_interval: " + value +
                                       ", limit_train_batches: 0.5}\n");
        ASSERT_TRUE(parsed.problems.empty()) << parsed.problems.front().message;
        EXPECT_EQ(parse_yaml(to_yaml(parsed.config)).config, parsed.config);
    }
    for (const std::string value : {"0", "-1", "1.5", "0.0", "0min", "often"}) {
        const auto parsed =
            parse_yaml("data: {train: a}\ntrainer: {val_check_interval: " + value + "}\n");
        ASSERT_EQ(parsed.problems.size(), 1U) << value;
        EXPECT_EQ(parsed.problems[0].field, "trainer.val_check_interval");
    }
}

} // namespace
} // namespace lyceum::config
