#include "core/cluster/launcher.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

namespace lyceum::cluster {
namespace {

using testing::HasSubstr;

template <typename Condition>
bool becomes_true(Condition condition)
{
    for (int i = 0; i < 1000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

std::string read(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(LocalLauncher, GivesTheRankItsPlaceAndItsLog)
{
    const test::TemporaryFolder folder;
    const auto launcher = make_local_launcher();
    const auto launched = launcher->launch(
        {"/bin/sh", {"-c", "echo $RANK $WORLD_SIZE $LOCAL_RANK; echo problem >&2"}, folder.path()});
    ASSERT_TRUE(launched) << launched.error().message;
    EXPECT_EQ(launched.value().host, host_name());
    const auto log = folder.path() / "rank-0.log";
    EXPECT_TRUE(becomes_true([&] { return read(log) == "0 1 0\nproblem\n"; })) << read(log);
    EXPECT_TRUE(becomes_true([&] { return !launcher->is_there(launched.value()); }));
}

TEST(LocalLauncher, StartsInASessionOfItsOwn)
{
    const test::TemporaryFolder folder;
    const auto launcher = make_local_launcher();
    const auto launched = launcher->launch({"/bin/sleep", {"60"}, folder.path()});
    ASSERT_TRUE(launched);
    const auto process = launched.value().process;
    EXPECT_TRUE(launcher->is_there(launched.value()));
    EXPECT_NE(getsid(process.pid), getsid(0));
    kill(process.pid, SIGKILL);
    EXPECT_TRUE(becomes_true([&] { return !launcher->is_there(launched.value()); }));
}

TEST(LocalLauncher, AMissingProgramIsNamed)
{
    const test::TemporaryFolder folder;
    const auto launched = make_local_launcher()->launch({"/no/such/engine", {}, folder.path()});
    ASSERT_FALSE(launched);
    EXPECT_THAT(launched.error().message, HasSubstr("/no/such/engine"));
}

TEST(LocalLauncher, KnowsNothingOfOtherHosts)
{
    EXPECT_FALSE(make_local_launcher()->is_there({this_process(), "elsewhere"}));
    EXPECT_TRUE(make_local_launcher()->is_there({this_process(), host_name()}));
}

} // namespace
} // namespace lyceum::cluster
