#include "core/checkpoint/retention.h"

#include <gmock/gmock.h>

namespace lyceum::checkpoint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::int64_t> steps_gone(const std::vector<KeptCheckpoint>& kept,
                                     const RetentionPolicy& policy)
{
    std::vector<std::int64_t> steps;
    for (const auto& one : superfluous(kept, policy))
        steps.push_back(one.step);
    std::sort(steps.begin(), steps.end());
    return steps;
}

TEST(Retention, KeepsTheBestAndTheNewest)
{
    const std::vector<KeptCheckpoint> kept = {{10, 2.0}, {20, 1.5}, {30, 1.7}, {40, std::nullopt}};
    EXPECT_THAT(steps_gone(kept, {.save_top_k = 1}), ElementsAre(10, 30));
    EXPECT_THAT(steps_gone(kept, {.save_top_k = 2}), ElementsAre(10));
    EXPECT_THAT(steps_gone(kept, {.save_top_k = -1}), IsEmpty());
}

TEST(Retention, NeverDropsTheBestEvenWhenNoneIsToBeKept)
{
    EXPECT_THAT(steps_gone({{10, 1.0}, {20, 2.0}}, {.save_top_k = 0}), IsEmpty());
    EXPECT_THAT(steps_gone({{10, 1.0}, {20, 2.0}}, {.save_top_k = 1, .save_last = false}),
                ElementsAre(20));
}

TEST(Retention, KeepsTheNewestWhenThereIsNoBest)
{
    EXPECT_THAT(
        steps_gone({{10, std::nullopt}, {20, std::nullopt}}, {.save_top_k = 1, .save_last = false}),
        ElementsAre(10));
}

TEST(Retention, NewestIsTheLastWrittenNotTheHighestStep)
{
    // Resumed from step 10, with a later checkpoint of the earlier attempt still there.
    EXPECT_THAT(steps_gone({{10, 1.0}, {50, 3.0}, {20, 2.0}}, {.save_top_k = 1}), ElementsAre(50));
}

TEST(Retention, NeverDropsOneThatIsPinned)
{
    const std::vector<KeptCheckpoint> kept = {{1, 9.0, true}, {2, 1.0}, {3, 8.0}, {4, 2.0}};
    EXPECT_THAT(steps_gone(kept, {.save_top_k = 1}), ElementsAre(3));
    EXPECT_THAT(steps_gone(kept, {.save_top_k = 0, .save_last = false}), ElementsAre(3, 4));
}

TEST(Retention, BestFollowsTheMode)
{
    const std::vector<KeptCheckpoint> kept = {{10, 2.0}, {20, 3.0}};
    EXPECT_EQ(best_of(kept, {.lower_is_better = true})->step, 10);
    EXPECT_EQ(best_of(kept, {.lower_is_better = false})->step, 20);
    EXPECT_FALSE(best_of({{10, std::nullopt}}, {}));
}

} // namespace
} // namespace lyceum::checkpoint
