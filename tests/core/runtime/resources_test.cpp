#include "core/runtime/resources.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <thread>

namespace lyceum::runtime {
namespace {

TEST(Resources, UsesAtLeastOneCoreAndNotMoreThanTheMachineHas)
{
    EXPECT_GE(usable_cores(), 1);
    EXPECT_LE(usable_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(Resources, InitialiseSetsTheNumberOfThreads)
{
    initialise(1);
    EXPECT_EQ(at::get_num_threads(), 1);
    initialise();
    EXPECT_EQ(at::get_num_threads(), usable_cores());
}

TEST(Resources, PeakMemoryCoversMemoryThatWasFreed)
{
    const std::uint64_t before = memory_use().current_bytes;
    constexpr std::int64_t kBytes = 64 << 20;
    {
        const at::Tensor block = at::ones({kBytes / 4});
    }
    EXPECT_GE(memory_use().peak_bytes, before + kBytes * 9 / 10);
}

TEST(Resources, HostHasMemory)
{
    const HostMemory memory = host_memory();
    EXPECT_GT(memory.total_bytes, 0U);
    EXPECT_LE(memory.available_bytes, memory.total_bytes);
}

TEST(Resources, TheSameSeedGivesTheSameNumbers)
{
    seed_everything(7);
    const at::Tensor first = at::randn({16});
    seed_everything(7);
    EXPECT_TRUE(at::equal(first, at::randn({16})));
}

TEST(Resources, TimeSinceTheProcessStartedGrows)
{
    const double first = seconds_since_process_start();
    EXPECT_GE(first, 0.0);
    EXPECT_LT(first, 120.0);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_GT(seconds_since_process_start(), first);
}

} // namespace
} // namespace lyceum::runtime
