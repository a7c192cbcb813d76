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

void expect_equal(const char* name, const ScheduleOptions& options)
{
    const auto reference = test::optimizer_reference()[name];
    for (std::int64_t step = options.warmup_steps; step <= 40; ++step)
        EXPECT_NEAR(learning_rate(options, step),
                    reference[static_cast<std::size_t>(step)].get<double>(), 1e-12)
            << name << " at step " << step;
}

TEST(Schedule, TheOthersEqualTransformersAfterWarmupToo)
{
    expect_equal("restarts", {.kind = config::Schedule::CosineWithRestarts,
                              .peak = 1.0,
                              .warmup_steps = 4,
                              .total_steps = 40,
                              .cycles = 3});
    for (const auto& [name, warmup] :
         {std::pair{"inverse_sqrt", 4}, {"inverse_sqrt_without_warmup", 0}})
        expect_equal(name, {.kind = config::Schedule::InverseSqrt,
                            .peak = 1.0,
                            .warmup_steps = warmup,
                            .total_steps = 40});
    for (const auto& [name, shape] : {std::pair{"wsd_1-sqrt", config::DecayShape::OneMinusSqrt},
                                      {"wsd_linear", config::DecayShape::Linear},
                                      {"wsd_cosine", config::DecayShape::Cosine}})
        expect_equal(name, {.kind = config::Schedule::Wsd,
                            .peak = 1.0,
                            .warmup_steps = 4,
                            .total_steps = 40,
                            .min_lr_ratio = 0.1,
                            .decay_steps = 10,
                            .decay_shape = shape});
}

TEST(Schedule, NeverGoesBelowTheMinimum)
{
    for (const auto kind :
         {config::Schedule::Cosine, config::Schedule::Linear, config::Schedule::CosineWithRestarts,
          config::Schedule::InverseSqrt, config::Schedule::Wsd}) {
        const ScheduleOptions options{.kind = kind,
                                      .peak = 2.0,
                                      .warmup_steps = 1,
                                      .total_steps = 50,
                                      .min_lr_ratio = 0.5,
                                      .cycles = 3,
                                      .decay_steps = 10};
        for (std::int64_t step = 1; step < 60; ++step)
            EXPECT_GE(learning_rate(options, step), 1.0);
    }
}

TEST(MakeSchedule, TakesTheWarmUpAsStepsOrAsAShare)
{
    config::OptimizerConfig config;
    config.lr = 1.0;
    config.schedule = config::Schedule::Constant;
    config.warmup_steps = 4;
    EXPECT_DOUBLE_EQ(make_schedule(config, 100)->learning_rate(0), 0.25);
    config.warmup_steps = config::StepCount::share(5);
    EXPECT_DOUBLE_EQ(make_schedule(config, 100)->learning_rate(0), 0.2);
    EXPECT_DOUBLE_EQ(make_schedule(config, 101)->learning_rate(0), 1.0 / 6); // rounded up
    EXPECT_DOUBLE_EQ(make_schedule(config, 100)->learning_rate(50), 1.0);
}

TEST(MakeSchedule, GoesDownInTheLastShareOfAllSteps)
{
    config::OptimizerConfig config;
    config.lr = 1.0;
    config.schedule = config::Schedule::Wsd;
    config.min_lr_ratio = 0.0;
    config.decay_shape = config::DecayShape::Linear;
    const auto schedule = make_schedule(config, 100);
    EXPECT_DOUBLE_EQ(schedule->learning_rate(80), 1.0);
    EXPECT_DOUBLE_EQ(schedule->learning_rate(90), 0.5);
    EXPECT_FALSE(schedule->needs_validation());
    EXPECT_TRUE(schedule->state().is_null());
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
