#include "app/cli/progress_line.h"

#include <gtest/gtest.h>

namespace lyceum::cli {
namespace {

const ProgressView kHalf{.phase = "training",
                         .step = 60,
                         .total_steps = 120,
                         .train_loss = 1.25,
                         .val_loss = 1.5,
                         .tokens_per_second = 812.4,
                         .seconds_left = 72};

TEST(ProgressLine, CarriesBarStepLossSpeedAndTimeLeft)
{
    EXPECT_EQ(progress_line(kHalf, 200),
              "[##########..........]  50 %  step 60/120  loss 1.2500  val 1.5000  812 tokens/s  "
              "1 min 12 s left");
}

TEST(ProgressLine, HasNoBarInALogAndFitsATerminal)
{
    EXPECT_TRUE(progress_line(kHalf, 0).starts_with(" 50 %  step"));
    EXPECT_EQ(progress_line(kHalf, 40).size(), 40u);
}

TEST(ProgressLine, NamesThePhaseWhenItIsNotTraining)
{
    EXPECT_EQ(progress_line({.phase = "loading"}, 80), "loading");
    EXPECT_TRUE(
        progress_line({.phase = "saving", .step = 2, .total_steps = 2}, 80).ends_with("(saving)"));
}

} // namespace
} // namespace lyceum::cli
