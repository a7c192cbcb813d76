#include "core/jobs/machine.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace lyceum::jobs {
namespace {

TEST(ThisMachine, HasAProcessorAndMemory)
{
    const auto machine = this_machine();
    EXPECT_GE(machine.num_cores, 1);
    EXPECT_GT(machine.memory_bytes, std::uint64_t{1} << 26);
    EXPECT_LE(machine.available_bytes, machine.memory_bytes);
}

TEST(CgroupLimits, TheTightestOnTheWayUpHolds)
{
    const test::TemporaryFolder root;
    root.write("a/memory.max", "8000000\n");
    root.write("a/memory.current", "1000\n");
    root.write("a/cpu.max", "150000 100000\n");
    root.write("a/b/memory.max", "max\n");
    root.write("a/b/cpu.max", "max 100000\n");
    const auto limits = read_cgroup_limits(root.path(), "0::/a/b\n");
    EXPECT_EQ(limits.memory_bytes, 8000000U);
    EXPECT_EQ(limits.memory_used_bytes, 1000U);
    EXPECT_EQ(limits.cores, 1.5);
}

TEST(CgroupLimits, OfTheFirstVersionAreReadToo)
{
    const test::TemporaryFolder root;
    root.write("memory/docker/x/memory.limit_in_bytes", "5000\n");
    root.write("memory/docker/x/memory.usage_in_bytes", "70\n");
    const auto limits = read_cgroup_limits(root.path(), "4:memory:/docker/x\n1:name=systemd:/\n");
    EXPECT_EQ(limits.memory_bytes, 5000U);
    EXPECT_EQ(limits.memory_used_bytes, 70U);
}

TEST(CgroupLimits, AreEmptyWithoutAny)
{
    const test::TemporaryFolder root;
    const auto limits = read_cgroup_limits(root.path(), "0::/\n");
    EXPECT_FALSE(limits.memory_bytes);
    EXPECT_FALSE(limits.cores);
}

} // namespace
} // namespace lyceum::jobs
