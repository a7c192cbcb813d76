#include "core/optim/schedule.h"
#include "tests/core/optim/reference.h"

#include <gtest/gtest.h>

namespace lyceum::optim {
namespace {

void expect_equal_after_warmup(const char* name, config::Schedule kind, double min_lr_ratio)
{
    const auto reference = test::reference();
    const ScheduleOptions options{.kind = kind,
                                  .peak = 1.0,
                                  .warmup_steps = reference["warmup"],
                                  .total_steps = reference["total"],
                                  .min_lr_ratio = min_lr_ratio};
    for (std::int64_t step = options.warmup_steps; step <= options.total_steps; ++step)
        EXPECT_NEAR(learning_rate(options, step),
                    reference[name][static_cast<std::size_t>(step)].get<double>(), 1e-12)
            << name << " at step " << step;
}

TEST(Schedule, EqualsTransformersAfterWarmup)
{
    expect_equal_after_warmup("cosine", config::Schedule::Cosine, 0.1);
    expect_equal_after_warmup("linear", config::Schedule::Linear, 0.0);
    expect_equal_after_warmup("constant", config::Schedule::Constant, 0.0);
}

TEST(Schedule, WarmsUpFromAboveZeroToThePeak)
{
    const ScheduleOptions options{.peak = 2.0, .warmup_steps = 4, .total_steps = 10};
    EXPECT_DOUBLE_EQ(learning_rate(options, 0), 0.5);
    EXPECT_DOUBLE_EQ(learning_rate(options, 2), 1.5);
    EXPECT_DOUBLE_EQ(learning_rate(options, 3), 2.0);
}

TEST(Schedule, StaysAtTheMinimumPastTheEnd)
{
    const ScheduleOptions options{.kind = config::Schedule::Linear,
                                  .peak = 2.0,
                                  .warmup_steps = 1,
                                  .total_steps = 5,
                                  .min_lr_ratio = 0.25};
    EXPECT_DOUBLE_EQ(learning_rate(options, 5), 0.5);
    EXPECT_DOUBLE_EQ(learning_rate(options, 500), 0.5);
}

TEST(Schedule, IsDefinedWhenWarmupOutlastsTheRun)
{
    const ScheduleOptions options{.peak = 1.0, .warmup_steps = 20, .total_steps = 5};
    EXPECT_DOUBLE_EQ(learning_rate(options, 4), 0.25);
}

} // namespace
} // namespace lyceum::optim
