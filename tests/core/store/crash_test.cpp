// Kill -9 of the writer at any time leaves a store that reads, whole to the last transaction.

#include "core/store/run_store.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

namespace lyceum::store {
namespace {

/// Writes until it is killed: two metrics a step in one transaction, a checkpoint now and then.
[[noreturn]] void write_for_ever(const std::filesystem::path& workspace, RunId id)
{
    const auto store = RunStore::open(workspace);
    if (!store)
        _exit(1);
    const auto latest = store.value()->series(id, "a");
    auto step = latest && !latest.value().empty() ? latest.value().back().step + 1 : 0;
    for (;; ++step) {
        const auto value = static_cast<double>(step);
        if (!store.value()->record(id, {.step = step},
                                   {{step, "a", value, 1}, {step, "b", -value, 1}}))
            _exit(2);
        if (step % 20 == 0 && !store.value()->put_checkpoint(id, {.step = step, .is_last = true}))
            _exit(3);
    }
}

TEST(RunStoreCrash, AKilledWriterLeavesAWholeStore)
{
    const test::TemporaryFolder folder;
    RunId id = 0;
    {
        auto store = RunStore::open(folder.path());
        ASSERT_TRUE(store);
        RunRow row;
        row.name = "run";
        id = store.value()->create_run(row).value();
    }
    std::mt19937 random(3);
    std::size_t before = 0;
    for (int round = 0; round < 25; ++round) {
        const pid_t writer = fork();
        if (writer == 0)
            write_for_ever(folder.path(), id);
        std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 60));
        kill(writer, SIGKILL);
        int status = 0;
        waitpid(writer, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);

        const auto store = RunStore::open(folder.path());
        ASSERT_TRUE(store) << store.error().message;
        const auto a = store.value()->series(id, "a").value();
        const auto b = store.value()->series(id, "b").value();
        ASSERT_EQ(a.size(), b.size()) << "a transaction was torn";
        ASSERT_GE(a.size(), before) << "something written was lost";
        for (std::size_t i = 0; i < a.size(); ++i)
            ASSERT_EQ(a[i].step, static_cast<std::int64_t>(i));
        before = a.size();
    }
    EXPECT_GT(before, 0U);
}

} // namespace
} // namespace lyceum::store
