#include "core/loader/data_module.h"
#include "tests/support/tiny_training.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lyceum::loader {
namespace {

LoaderOptions options_of(int batch_size, int micro_steps, int rank = 0, int world_size = 1)
{
    return {.plan = {.max_length = 40, .packing = true, .shuffle = true, .seed = 11},
            .batch_size = batch_size,
            .micro_steps = micro_steps,
            .rank = rank,
            .world_size = world_size};
}

/// All targets of a step's batches, sorted: what it learns, however it is dealt out.
std::vector<std::int64_t> targets_of(const StepBatches& step)
{
    std::vector<std::int64_t> targets;
    for (const auto& batch : step.micro_steps) {
        const auto* data = batch.targets.const_data_ptr<std::int64_t>();
        targets.insert(targets.end(), data, data + batch.targets.numel());
    }
    std::sort(targets.begin(), targets.end());
    return targets;
}

TEST(DataLoader, TellsTheGlobalNumberOfTargetsBeforehand)
{
    const auto data = test::tiny_samples(50);
    DataLoader loader(data, options_of(2, 3));
    std::int64_t targets = 0, tokens = 0;
    while (loader.has_next()) {
        const auto step = loader.next();
        EXPECT_EQ(static_cast<std::int64_t>(targets_of(step).size()), step.num_targets);
        targets += step.num_targets;
        tokens += step.num_tokens;
    }
    EXPECT_EQ(targets, static_cast<std::int64_t>(data.stats.num_targets));
    EXPECT_EQ(tokens, static_cast<std::int64_t>(data.stats.num_tokens));
}

TEST(DataLoader, GlobalBatchIsTheSameAtEveryAccumulationAndWorldSize)
{
    const auto data = test::tiny_samples(60);
    DataLoader whole(data, options_of(4, 1));
    DataLoader accumulated(data, options_of(1, 4));
    DataLoader first(data, options_of(2, 1, 0, 2)), second(data, options_of(2, 1, 1, 2));
    while (whole.has_next()) {
        const auto step = whole.next();
        EXPECT_EQ(targets_of(accumulated.next()), targets_of(step));
        auto both = first.next();
        auto other = second.next();
        EXPECT_EQ(both.micro_steps.size(), other.micro_steps.size());
        EXPECT_EQ(both.num_targets, step.num_targets);
        std::move(other.micro_steps.begin(), other.micro_steps.end(),
                  std::back_inserter(both.micro_steps));
        EXPECT_EQ(targets_of(both), targets_of(step));
    }
    EXPECT_FALSE(accumulated.has_next());
    EXPECT_FALSE(first.has_next());
}

TEST(DataLoader, ResumesExactly)
{
    const auto data = test::tiny_samples(60);
    DataLoader whole(data, options_of(2, 1));
    whole.start_epoch(3);
    for (int i = 0; i < 3; ++i)
        static_cast<void>(whole.next());
    DataLoader resumed(data, options_of(2, 1));
    ASSERT_TRUE(resumed.load_state(whole.state()));
    EXPECT_DOUBLE_EQ(resumed.epoch_progress(), whole.epoch_progress());
    while (whole.has_next())
        EXPECT_TRUE(
            torch::equal(resumed.next().micro_steps[0].ids, whole.next().micro_steps[0].ids));
    EXPECT_FALSE(resumed.has_next());
}

TEST(DataLoader, RefusesAPositionInOtherData)
{
    const auto data = test::tiny_samples(60), other = test::tiny_samples(61);
    DataLoader loader(data, options_of(2, 1)), stranger(other, options_of(2, 1));
    const auto refused = stranger.load_state(loader.state());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidConfig);
}

TEST(DataModule, ValidationKeepsTheSamplesOrder)
{
    const DataModule module(test::tiny_samples(5), test::tiny_samples(9), {},
                            {.max_length = 20, .packing = false, .seed = 1, .batch_size = 4});
    auto loader = module.validation_loader(0, 1);
    EXPECT_EQ(loader.num_steps(), 3);
    EXPECT_EQ(loader.next().micro_steps[0].ids[0][0].item<std::int64_t>(),
              test::tiny_samples(9).samples[0].ids[0]);
}

} // namespace
} // namespace lyceum::loader
