#include "core/base/process.h"
#include "core/jobs/run_figures.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

namespace lyceum::jobs {
namespace {

class RunFiguresTest : public testing::Test {
protected:
    void SetUp() override
    {
        store_ = std::move(store::RunStore::open(folder_.path())).value();
        store::RunRow row;
        row.name = "run";
        id_ = store_->create_run(row).value();
        ASSERT_TRUE(store_->mark_started(id_, this_process(), host_name()));
        ASSERT_TRUE(store_->set_status(id_, store::RunStatus::Running));
    }

    /// Steps [first, last] of `seconds` each, from `start` on.
    void record(std::int64_t first, std::int64_t last, double start, double seconds)
    {
        for (auto step = first; step <= last; ++step)
            ASSERT_TRUE(store_->record(
                id_, {.step = step, .total_steps = 200},
                {{step, "train_loss", 2.0, start + seconds * static_cast<double>(step - first)}}));
    }

    RunFigures figures() { return run_figures(*store_, store_->run(id_).value()).value(); }
    double started() { return store_->run(id_).value().started_at; }

    test::TemporaryFolder folder_;
    std::unique_ptr<store::RunStore> store_;
    store::RunId id_ = 0;
};

TEST_F(RunFiguresTest, TimeLeftFollowsTheRecentSpeed)
{
    EXPECT_FALSE(figures().seconds_left);
    record(1, 60, started() + 1, 10);    // slow at first
    record(61, 120, started() + 601, 2); // the last 50 are quicker
    const auto now = figures();
    EXPECT_EQ(now.progress, 0.6);
    ASSERT_TRUE(now.seconds_left);
    EXPECT_NEAR(*now.seconds_left, 80 * 2, 1e-3); // times are near 2e9 s
}

TEST_F(RunFiguresTest, TimeBetweenTwoAttemptsDoesNotCount)
{
    record(1, 10, started() - 5000, 1); // before this attempt
    record(11, 20, started() + 1, 3);
    EXPECT_NEAR(figures().seconds_left.value(), 180 * 3, 1e-2);
}

TEST_F(RunFiguresTest, APauseCountsNeitherAsTimeLeftNorAsSpeed)
{
    record(1, 20, started(), 0.001);
    std::this_thread::sleep_for(std::chrono::milliseconds(50)); // the pause begins after them
    ASSERT_TRUE(store_->set_status(id_, store::RunStatus::Paused));
    EXPECT_FALSE(figures().seconds_left) << "nobody knows while it is paused";
    ASSERT_TRUE(store_->set_status(id_, store::RunStatus::Running));
    const auto continued = store_->run(id_).value().continued_at;
    record(21, 30, continued + 5000, 2); // as if it had been paused for long
    EXPECT_NEAR(figures().seconds_left.value(), 170 * 2, 1e-2);
}

TEST_F(RunFiguresTest, AnEndedRunHasNoTimeLeft)
{
    record(1, 20, started() + 1, 1);
    ASSERT_TRUE(store_->set_status(id_, store::RunStatus::Stopped));
    EXPECT_FALSE(figures().seconds_left);
}

TEST_F(RunFiguresTest, ShowTheNewestValues)
{
    ASSERT_TRUE(store_->record(
        id_, {.step = 3},
        {{1, "val_loss", 2.0, 1}, {3, "val_loss", 2.5, 1}, {3, "tokens_per_second", 900, 1}}));
    const auto now = figures();
    EXPECT_EQ(now.val_loss, 2.5);
    EXPECT_EQ(now.best_val_loss, 2.0);
    EXPECT_EQ(now.tokens_per_second, 900);
    EXPECT_FALSE(now.perplexity);
}

} // namespace
} // namespace lyceum::jobs
