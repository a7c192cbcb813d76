#include "tests/core/train/tiny_run.h"

#include <cmath>

namespace lyceum::train {
namespace {

using test::TinyRun;
using Unit = config::CheckInterval::Unit;

std::vector<std::int64_t> validated_steps(TinyRun& run)
{
    std::vector<std::int64_t> steps;
    for (const auto& metric : test::taken(run.store->metrics(run.id, "val_loss")))
        steps.push_back(metric.step);
    return steps;
}

TEST(LoopLimits, AShareOfAnEpochValidatesSoOftenInEach)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_epochs = 2;
    config.trainer.val_check_interval = {0.5, Unit::Epochs};
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto total = result.value().step;
    const auto first = total / 2; // both epochs have as many steps, or one more
    const auto steps = validated_steps(run);
    ASSERT_GE(steps.size(), 5U);
    EXPECT_EQ(steps[0], 0);
    EXPECT_EQ(steps[1], first / 2);
    EXPECT_EQ(steps.back(), total);
}

TEST(LoopLimits, ATimeValidatesInBetweenAndChangesNoNumber)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.val_check_interval = 1000;
    config.name = "plain";
    TinyRun plain(workspace.path(), config);
    ASSERT_TRUE(plain.fit());
    config.name = "timed";
    config.trainer.val_check_interval = {1e-6, Unit::Minutes}; // at every step
    TinyRun timed(workspace.path(), config);
    ASSERT_TRUE(timed.fit());
    EXPECT_GT(validated_steps(timed).size(), validated_steps(plain).size());
    EXPECT_EQ(timed.reports.back().loss, plain.reports.back().loss);
}

TEST(LoopLimits, NoCheckBeforeTrainingRecordsNoLossAtStepZero)
{
    const lyceum::test::TemporaryFolder workspace;
    for (const int batches : {0, 2}) {
        auto config = test::tiny_config();
        config.name = "sanity-" + std::to_string(batches);
        config.trainer.num_sanity_val_steps = batches;
        TinyRun run(workspace.path(), config);
        ASSERT_TRUE(run.fit());
        EXPECT_EQ(validated_steps(run).front(), 4);
    }
}

TEST(LoopLimits, TheCheckBeforeTrainingFindsABrokenModel)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.num_sanity_val_steps = 1;
    TinyRun run(workspace.path(), config);
    {
        const torch::NoGradGuard no_grad;
        run.model->parameters().front().fill_(std::nan(""));
    }
    const auto result = run.fit();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("before anything was trained"), std::string::npos);
}

} // namespace
} // namespace lyceum::train
