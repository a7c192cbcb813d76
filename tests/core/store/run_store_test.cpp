#include "core/store/run_store.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <latch>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lyceum::store {
namespace {

using testing::HasSubstr;

class RunStoreTest : public testing::Test {
protected:
    void SetUp() override { store_ = open(); }

    [[nodiscard]] std::unique_ptr<RunStore> open() const
    {
        auto store = RunStore::open(folder_.path());
        EXPECT_TRUE(store) << store.error().message;
        return std::move(store).value();
    }

    RunId create(const std::string& name)
    {
        RunRow row;
        row.name = name;
        row.folder = folder_.path() / "runs" / name;
        row.base_model = "smollm2-135m-instruct";
        row.dataset = "fractions-tutor";
        row.method = "lora";
        const auto id = store_->create_run(row);
        EXPECT_TRUE(id) << id.error().message;
        return id ? id.value() : 0;
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<RunStore> store_;
};

/// A process that has ended, by number and start time.
ProcessId ended_process()
{
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, nullptr, 0);
    return {child, 1};
}

TEST_F(RunStoreTest, ARunReadsBackAsItWasMadeFromAnotherConnection)
{
    const auto id = create("tutor");
    const auto other = open();
    const auto run = other->find_run("tutor");
    ASSERT_TRUE(run);
    EXPECT_EQ(run.value().id, id);
    EXPECT_EQ(run.value().status, RunStatus::Queued);
    EXPECT_EQ(run.value().folder, folder_.path() / "runs" / "tutor");
    EXPECT_EQ(run.value().base_model, "smollm2-135m-instruct");
    EXPECT_GT(run.value().created_at, 1.7e9);
}

TEST_F(RunStoreTest, RunsAreListedNewestFirst)
{
    create("one");
    create("two");
    const auto runs = store_->runs();
    ASSERT_TRUE(runs);
    ASSERT_EQ(runs.value().size(), 2U);
    EXPECT_EQ(runs.value()[0].name, "two");
}

TEST_F(RunStoreTest, ATakenNameIsRefusedWithBothWaysOut)
{
    create("tutor");
    RunRow row;
    row.name = "tutor";
    const auto again = store_->create_run(row);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(again.error().hint, HasSubstr("another name"));
    EXPECT_THAT(again.error().hint, HasSubstr("runs resume tutor"));
    create("other"); // the refusal left no transaction open
}

TEST_F(RunStoreTest, AnUnknownRunNamesTheNearest)
{
    create("fractions-tutor");
    const auto run = store_->find_run("fraction-tutor");
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, ErrorCode::NotFound);
    EXPECT_THAT(run.error().hint, HasSubstr("fractions-tutor"));
}

TEST_F(RunStoreTest, AnActiveRunWhoseProcessIsGoneIsLost)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->mark_started(id, this_process(), host_name()));
    EXPECT_EQ(store_->run(id).value().status, RunStatus::Starting);
    ASSERT_TRUE(store_->mark_started(id, ended_process(), host_name()));
    for (const auto status : {RunStatus::Starting, RunStatus::Running, RunStatus::Stopping}) {
        ASSERT_TRUE(store_->set_status(id, status));
        const auto run = store_->run(id);
        ASSERT_TRUE(run);
        EXPECT_EQ(run.value().status, RunStatus::Lost);
        EXPECT_THAT(run.value().hint, HasSubstr("last checkpoint"));
    }
    ASSERT_TRUE(store_->set_status(id, RunStatus::Finished));
    EXPECT_EQ(store_->run(id).value().status, RunStatus::Finished);
}

TEST_F(RunStoreTest, AProcessNumberUsedAgainByAnotherProgramIsLost)
{
    const auto id = create("tutor");
    auto process = this_process();
    process.start_ticks += 1;
    ASSERT_TRUE(store_->mark_started(id, process, host_name()));
    EXPECT_EQ(store_->run(id).value().status, RunStatus::Lost);
}

TEST_F(RunStoreTest, ARunOnAnotherHostIsJudgedByItsHeartbeat)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->mark_started(id, {1, 1}, "elsewhere"));
    EXPECT_EQ(store_->run(id).value().status, RunStatus::Starting);
}

TEST_F(RunStoreTest, OnlyOneOfTwoCallersClaimsARun)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->set_status(id, RunStatus::Stopped, "asked", "resume"));
    const auto forgotten = store_->ask(id, CommandKind::Stop).value();
    ASSERT_TRUE(store_->claim(id, this_process(), host_name()));
    const auto second = open()->claim(id, this_process(), host_name());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::InvalidConfig);
    EXPECT_TRUE(store_->command(forgotten).value().done_at);
    EXPECT_TRUE(store_->take_commands(id).value().empty());
    EXPECT_EQ(store_->run(id).value().message, "");
}

TEST_F(RunStoreTest, LaunchDoesNotOverwriteWhatTheEngineSaidFirst)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->mark_started(id, this_process(), host_name()));
    ASSERT_TRUE(store_->set_status(id, RunStatus::Failed, "no data"));
    ASSERT_TRUE(store_->mark_launched(id, this_process(), host_name()));
    EXPECT_EQ(store_->run(id).value().status, RunStatus::Failed);
    EXPECT_EQ(store_->run(id).value().message, "no data");
}

TEST_F(RunStoreTest, RecordWritesProgressAndMetricsTogether)
{
    const auto id = create("tutor");
    const Progress progress{.phase = Phase::Validating, .step = 7, .total_steps = 20, .epoch = 0.5};
    ASSERT_TRUE(
        store_->record(id, progress, {{7, "train_loss", 2.5, 100}, {7, "val_loss", 2.25, 101}}));
    const auto run = store_->run(id);
    EXPECT_EQ(run.value().step, 7);
    EXPECT_EQ(run.value().phase, Phase::Validating);
    EXPECT_EQ(run.value().best_val_loss, 2.25);
    EXPECT_EQ(run.value().best_step, 7);
    const auto metrics = store_->metrics(id);
    ASSERT_EQ(metrics.value().size(), 2U);
    EXPECT_EQ(metrics.value()[0].name, "train_loss");
    EXPECT_EQ(metrics.value()[0].time, 100);
    EXPECT_THAT(store_->metric_names(id).value(), testing::ElementsAre("train_loss", "val_loss"));
}

TEST_F(RunStoreTest, NotANumberAndInfinityStayWhatTheyAre)
{
    const auto id = create("tutor");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    ASSERT_TRUE(store_->record(id, {}, {{1, "val_loss", nan, 1}, {2, "val_loss", infinity, 1}}));
    const auto series = store_->series(id, "val_loss");
    ASSERT_EQ(series.value().size(), 2U);
    EXPECT_TRUE(std::isnan(series.value()[0].value));
    EXPECT_EQ(series.value()[1].value, infinity);
    EXPECT_EQ(store_->run(id).value().best_step, 2);
}

TEST_F(RunStoreTest, AStepRecordedAgainIsReplaced)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->record(id, {}, {{3, "train_loss", 2.0, 1}}));
    ASSERT_TRUE(store_->record(id, {}, {{3, "train_loss", 1.0, 2}}));
    const auto series = store_->series(id, "train_loss");
    ASSERT_EQ(series.value().size(), 1U);
    EXPECT_EQ(series.value()[0].value, 1.0);
}

TEST_F(RunStoreTest, SeriesGoesOnAfterAStep)
{
    const auto id = create("tutor");
    for (std::int64_t step = 0; step < 5; ++step)
        ASSERT_TRUE(store_->record(id, {}, {{step, "loss", 1.0, 1}}));
    EXPECT_EQ(store_->series(id, "loss").value().size(), 5U);
    EXPECT_EQ(store_->series(id, "loss", 2).value().front().step, 3);
    EXPECT_TRUE(store_->series(id, "unknown").value().empty());
    EXPECT_EQ(store_->latest_metrics(id).value().front().step, 4);
}

TEST_F(RunStoreTest, RecordingForADeletedRunIsNotFound)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->record(id, {}, {{1, "loss", 1.0, 1}}));
    ASSERT_TRUE(store_->add_event(id, {.kind = "started", .text = "Started."}));
    ASSERT_TRUE(store_->delete_run(id));
    const auto recorded = store_->record(id, {}, {{2, "loss", 1.0, 1}});
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.error().code, ErrorCode::NotFound);
    EXPECT_TRUE(store_->series(id, "loss").value().empty());
    EXPECT_TRUE(store_->events(id).value().empty());
    EXPECT_FALSE(store_->add_event(id, {.kind = "x", .text = "y"}));
}

TEST_F(RunStoreTest, CommandsAreTakenOnceInOrderAndAnswered)
{
    const auto id = create("tutor");
    const auto front_end = open();
    EXPECT_TRUE(store_->take_commands(id).value().empty());
    const auto first = front_end->ask(id, CommandKind::CheckpointNow).value();
    ASSERT_TRUE(front_end->ask(id, CommandKind::Stop));
    const auto taken = store_->take_commands(id);
    ASSERT_EQ(taken.value().size(), 2U);
    EXPECT_EQ(taken.value()[0].kind, CommandKind::CheckpointNow);
    EXPECT_EQ(taken.value()[1].kind, CommandKind::Stop);
    EXPECT_TRUE(store_->take_commands(id).value().empty());
    EXPECT_FALSE(front_end->command(first).value().done_at);
    ASSERT_TRUE(store_->finish_command(first, "Saved at step 7."));
    EXPECT_EQ(front_end->command(first).value().result, "Saved at step 7.");
    EXPECT_TRUE(front_end->command(first).value().done_at);
    EXPECT_FALSE(front_end->ask(999, CommandKind::Stop));
}

TEST_F(RunStoreTest, ANewBestOrLastCheckpointTakesTheMarkFromTheOthers)
{
    const auto id = create("tutor");
    const auto folder = folder_.path() / "runs" / "tutor" / "checkpoints" / "step-000050";
    ASSERT_TRUE(store_->put_checkpoint(id, {.step = 50,
                                            .folder = folder,
                                            .val_loss = 2.0,
                                            .size_bytes = 10,
                                            .time = 1,
                                            .is_best = true,
                                            .is_last = true}));
    ASSERT_TRUE(store_->put_checkpoint(id, {.step = 100, .is_last = true, .reason = "asked"}));
    const auto checkpoints = store_->checkpoints(id);
    ASSERT_EQ(checkpoints.value().size(), 2U);
    EXPECT_EQ(checkpoints.value()[0].folder, folder);
    EXPECT_TRUE(checkpoints.value()[0].is_best);
    EXPECT_FALSE(checkpoints.value()[0].is_last);
    EXPECT_TRUE(checkpoints.value()[1].is_last);
    EXPECT_FALSE(checkpoints.value()[1].val_loss);
    EXPECT_EQ(checkpoints.value()[1].reason, "asked");
}

TEST_F(RunStoreTest, RewindForgetsWhatCameAfter)
{
    const auto id = create("tutor");
    std::vector<Metric> metrics;
    for (std::int64_t step = 1; step <= 9000; ++step)
        metrics.push_back({step, "loss", 1.0, 1});
    ASSERT_TRUE(store_->record(id, {.step = 9000}, metrics));
    ASSERT_TRUE(store_->record(id, {.step = 9000}, {{9000, "late", 1.0, 1}}));
    ASSERT_TRUE(store_->add_sample(id, {.step = 5000, .prompt = "q", .text = "a"}));
    ASSERT_TRUE(store_->add_sample(id, {.step = 9000, .prompt = "q", .text = "b"}));
    ASSERT_TRUE(store_->rewind_to(id, 5000));
    EXPECT_EQ(store_->series(id, "loss").value().back().step, 5000);
    EXPECT_EQ(store_->samples(id).value().size(), 1U);
    EXPECT_EQ(store_->run(id).value().step, 5000);
    EXPECT_THAT(store_->metric_names(id).value(), testing::ElementsAre("loss"));
    const auto drawn = store_->decimated_series(id, "loss", 0, 10000, 10);
    EXPECT_EQ(drawn.value().back().step, 5000);
}

TEST_F(RunStoreTest, EventsAndSamplesGoOnAfterAnId)
{
    const auto id = create("tutor");
    const auto other = create("other");
    ASSERT_TRUE(store_->add_event(id, {.step = 1, .kind = "started", .text = "Started."}));
    ASSERT_TRUE(store_->add_event(other, {.step = 1, .kind = "started", .text = "Other."}));
    ASSERT_TRUE(store_->add_event(id, {.step = 2, .kind = "best", .text = "Best so far."}));
    const auto events = store_->events(id);
    ASSERT_EQ(events.value().size(), 2U);
    EXPECT_GT(events.value()[0].time, 1.7e9);
    const auto later = store_->events(id, events.value()[0].id);
    ASSERT_EQ(later.value().size(), 1U);
    EXPECT_EQ(later.value()[0].text, "Best so far.");
}

TEST_F(RunStoreTest, ChangeCounterRisesWithOwnAndOthersChangesOnly)
{
    const auto id = create("tutor");
    const auto other = open();
    (void)other->change_counter();
    const auto before = store_->change_counter();
    EXPECT_EQ(store_->change_counter(), before);
    (void)store_->runs();
    EXPECT_EQ(store_->change_counter(), before);
    ASSERT_TRUE(other->record(id, {.step = 1}, {}));
    const auto after = store_->change_counter();
    EXPECT_GT(after, before);
    ASSERT_TRUE(store_->record(id, {.step = 2}, {}));
    EXPECT_GT(store_->change_counter(), after);
}

TEST_F(RunStoreTest, StatusAndSummaryAreKept)
{
    const auto id = create("tutor");
    ASSERT_TRUE(store_->set_summary(id, "{\"run\":\"tutor\"}", "single", 1));
    ASSERT_TRUE(store_->set_status(id, RunStatus::Failed, "Disk full.", "Free some."));
    const auto run = store_->run(id);
    EXPECT_EQ(run.value().summary_json, "{\"run\":\"tutor\"}");
    EXPECT_EQ(run.value().message, "Disk full.");
    EXPECT_EQ(run.value().hint, "Free some.");
    EXPECT_GT(run.value().ended_at, 0);
    EXPECT_EQ(run.value().phase, Phase::Idle);
}

TEST_F(RunStoreTest, AMovedWorkspaceFindsItsRuns)
{
    create("tutor");
    store_.reset();
    const test::TemporaryFolder other;
    const auto moved = other.path() / "moved";
    std::filesystem::rename(folder_.path(), moved);
    const auto store = RunStore::open(moved);
    ASSERT_TRUE(store);
    EXPECT_EQ(store.value()->find_run("tutor").value().folder, moved / "runs" / "tutor");
}

TEST_F(RunStoreTest, ReadersAndAWriterInThreadsDoNotDisturbEachOther)
{
    const auto id = create("tutor");
    std::atomic<bool> is_done = false;
    std::latch asked(2); // or the writer may be done before a reader has begun
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; ++i)
        readers.emplace_back([this, id, &is_done, &asked] {
            const auto store = open();
            EXPECT_TRUE(store->ask(id, CommandKind::EvaluateNow));
            asked.count_down();
            while (!is_done) {
                const auto series = store->series(id, "loss");
                ASSERT_TRUE(series) << series.error().message;
                ASSERT_TRUE(store->ask(id, CommandKind::EvaluateNow));
            }
        });
    asked.wait();
    std::size_t num_taken = 0;
    for (std::int64_t step = 0; step < 300; ++step) {
        ASSERT_TRUE(store_->record(id, {.step = step}, {{step, "loss", 1.0, 1}}));
        num_taken += store_->take_commands(id).value().size();
    }
    is_done = true;
    for (auto& reader : readers)
        reader.join();
    EXPECT_GT(num_taken, 0U);
    EXPECT_EQ(store_->series(id, "loss").value().size(), 300U);
}

TEST_F(RunStoreTest, ACommandKeepsItsArgumentAndItsAuthor)
{
    const auto id = create("run");
    const auto asked = store_->ask(id, CommandKind::SetLearningRate,
                                   {.argument = 1.0 / 3.0, .author = "ada@lab7 (studio)"});
    ASSERT_TRUE(asked) << asked.error().message;
    const auto taken = store_->take_commands(id).value();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].argument, 1.0 / 3.0) << "to the last bit";
    EXPECT_EQ(taken[0].author, "ada@lab7 (studio)");
    const auto plain = store_->command(store_->ask(id, CommandKind::Pause).value()).value();
    EXPECT_FALSE(plain.argument);
    EXPECT_EQ(to_string(plain.kind), "pause");
}

TEST_F(RunStoreTest, APauseIsAnActiveStatusWhoseTimeIsCountedApart)
{
    const auto id = create("run");
    ASSERT_TRUE(store_->mark_started(id, this_process(), host_name()));
    ASSERT_TRUE(store_->set_status(id, RunStatus::Paused));
    const auto paused = store_->run(id).value();
    EXPECT_EQ(to_string(paused.status), "paused");
    EXPECT_TRUE(is_active(paused.status));
    EXPECT_GT(paused.paused_at, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    ASSERT_TRUE(store_->set_status(id, RunStatus::Running));
    const auto continued = store_->run(id).value();
    EXPECT_EQ(continued.paused_at, 0);
    EXPECT_GE(continued.paused_seconds, 0.03);
    EXPECT_GE(continued.continued_at, paused.paused_at + 0.03);
    ASSERT_TRUE(store_->mark_started(id, this_process(), host_name()));
    EXPECT_EQ(store_->run(id).value().paused_seconds, 0) << "of the earlier attempt";
}

} // namespace
} // namespace lyceum::store
