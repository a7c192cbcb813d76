#include "core/trackers/dispatcher.h"
#include "core/trackers/status.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>

namespace lyceum::trackers {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

/// What a tracker was told; outlives it.
struct Told {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::int64_t> steps;
    bool has_ended = false;
    bool is_blocked = false;
    std::vector<Error> errors; ///< Of the next calls.
    std::atomic<int> num_calls = 0;
    std::uint64_t num_unsent = 0;
    std::optional<Error> sync_error;

    void release()
    {
        const std::lock_guard lock(mutex);
        is_blocked = false;
        changed.notify_all();
    }
};

class Recorder final : public Tracker {
public:
    explicit Recorder(Told& told) : told_(told) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "recorder"; }
    Result<void> start(const RunStart&) override { return {}; }
    Result<void> log_metrics(const MetricsRecord& record) override
    {
        std::unique_lock lock(told_.mutex);
        ++told_.num_calls;
        told_.changed.notify_all();
        told_.changed.wait(lock, [this] { return !told_.is_blocked; });
        if (!told_.errors.empty()) {
            const auto error = told_.errors.front();
            told_.errors.erase(told_.errors.begin());
            return error;
        }
        told_.steps.push_back(record.step);
        return {};
    }
    Result<void> finalize(RunEnd) override
    {
        told_.has_ended = true;
        return {};
    }
    Result<void> sync() override
    {
        if (told_.sync_error)
            return *told_.sync_error;
        told_.num_unsent = 0;
        return {};
    }
    [[nodiscard]] std::uint64_t num_waiting() const override { return told_.num_unsent; }
    void cancel() override { told_.release(); }

private:
    Told& told_;
};

class DispatcherTest : public testing::Test {
protected:
    std::unique_ptr<Dispatcher> dispatcher(std::size_t capacity = 100)
    {
        std::vector<std::unique_ptr<Tracker>> trackers;
        trackers.push_back(std::make_unique<Recorder>(told_));
        return std::make_unique<Dispatcher>(
            std::move(trackers), folder_.path(),
            LaneOptions{.capacity = capacity, .first_pause = 1ms, .longest_pause = 4ms});
    }
    static void log_steps(Dispatcher& dispatcher, std::int64_t first, std::int64_t last)
    {
        for (auto step = first; step <= last; ++step)
            dispatcher.log(MetricsRecord{.step = step, .time = 1, .values = {{"loss", 1}}});
    }

    test::TemporaryFolder folder_;
    Told told_;
};

TEST_F(DispatcherTest, EverythingArrivesInOrderAndTheEndIsLast)
{
    auto dispatcher = this->dispatcher();
    log_steps(*dispatcher, 1, 50);
    dispatcher->finish(RunEnd::Finished, 60s);
    ASSERT_EQ(told_.steps.size(), 50U);
    EXPECT_TRUE(std::ranges::is_sorted(told_.steps));
    EXPECT_TRUE(told_.has_ended);
    EXPECT_TRUE(dispatcher->take_news().empty());
    const auto statuses = read_statuses(folder_.path()).value();
    ASSERT_EQ(statuses.size(), 1U);
    EXPECT_EQ(statuses[0].state, "ok");
    EXPECT_EQ(statuses[0].num_dropped, 0U);
}

// A tracker that hangs must not hold the training loop: every log returns while it does.
TEST_F(DispatcherTest, ATrackerThatHangsDropsCountedRecordsAndDelaysNoStep)
{
    told_.is_blocked = true;
    auto dispatcher = this->dispatcher(10);
    log_steps(*dispatcher, 1, 1);
    {
        std::unique_lock lock(told_.mutex);
        told_.changed.wait(lock, [this] { return told_.num_calls == 1; });
    }
    log_steps(*dispatcher, 2, 500); // ends although the tracker is still in its first call
    EXPECT_EQ(told_.num_calls, 1);
    EXPECT_EQ(dispatcher->statuses()[0].num_dropped, 490U); // the queue holds 1 to 10
    EXPECT_EQ(dispatcher->statuses()[0].num_waiting, 10U);
    told_.release();
    dispatcher->finish(RunEnd::Finished, 60s);
    EXPECT_EQ(told_.steps.size() + read_statuses(folder_.path()).value()[0].num_dropped, 500U)
        << "every record is written or counted";
    EXPECT_TRUE(told_.has_ended) << "the end finds room in a full queue";
    EXPECT_THAT(dispatcher->take_news(), Contains(HasSubstr("export-tracker")));
}

TEST_F(DispatcherTest, AHangingTrackerIsGivenUpAtTheEnd)
{
    told_.is_blocked = true;
    auto dispatcher = this->dispatcher();
    log_steps(*dispatcher, 1, 3);
    dispatcher->finish(RunEnd::Finished, 1ms); // would never return
    EXPECT_EQ(told_.steps.size(), 3U) << "a call that ends when cancelled loses nothing";
}

TEST_F(DispatcherTest, AFailureIsTriedAgainUntilItWorks)
{
    told_.errors = {{ErrorCode::DiskFull, "disk full", ""}, {ErrorCode::Io, "away", ""}};
    auto dispatcher = this->dispatcher();
    log_steps(*dispatcher, 1, 3);
    {
        std::unique_lock lock(told_.mutex);
        told_.changed.wait(lock, [this] { return told_.num_calls == 5; });
    }
    dispatcher->finish(RunEnd::Finished, 60s);
    EXPECT_THAT(told_.steps, testing::ElementsAre(1, 2, 3));
    const auto news = dispatcher->take_news();
    EXPECT_THAT(news, Contains(HasSubstr("disk full")));
    EXPECT_THAT(news, Contains(HasSubstr("goes on")));
    EXPECT_EQ(read_statuses(folder_.path()).value()[0].num_dropped, 0U);
}

TEST_F(DispatcherTest, AFinalErrorGivesTheTrackerUpAndSaysSoOnce)
{
    told_.errors = {{ErrorCode::InvalidData, "no such format", "Use another."}};
    auto dispatcher = this->dispatcher();
    log_steps(*dispatcher, 1, 20);
    dispatcher->finish(RunEnd::Finished, 60s);
    EXPECT_TRUE(told_.steps.empty());
    const auto news = dispatcher->take_news();
    EXPECT_EQ(std::ranges::count_if(
                  news, [](const auto& text) { return text.find("gave up") != text.npos; }),
              1);
    const auto status = read_statuses(folder_.path()).value()[0];
    EXPECT_EQ(status.state, "gave_up");
    EXPECT_EQ(status.num_dropped, 21U);
}

TEST_F(DispatcherTest, WhatAServerDidNotGetIsSaidAndKept)
{
    told_.num_unsent = 7;
    told_.sync_error = Error{ErrorCode::Io, "the server is away", ""};
    auto dispatcher = this->dispatcher();
    log_steps(*dispatcher, 1, 3);
    dispatcher->finish(RunEnd::Finished, 60s);
    EXPECT_EQ(told_.steps.size(), 3U);
    EXPECT_THAT(dispatcher->take_news(), Contains(HasSubstr("lyceum runs push RUN")));
    EXPECT_EQ(read_statuses(folder_.path()).value()[0].num_waiting, 7U);
}

TEST_F(DispatcherTest, AReportThatIsNoneIsAnError)
{
    EXPECT_TRUE(read_statuses(folder_.path()).value().empty());
    folder_.write("status.json", "{\"trackers\": 3}");
    EXPECT_FALSE(read_statuses(folder_.path()));
    folder_.write("status.json", "{\"trackers\": [{\"name\": 3}]}");
    EXPECT_FALSE(read_statuses(folder_.path()));
}

} // namespace
} // namespace lyceum::trackers
