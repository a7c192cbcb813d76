#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "core/base/text.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

namespace lyceum {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

SpawnOptions shell(const std::string& script)
{
    return {.arguments = {"/bin/sh", "-c", script}};
}

bool becomes_true(const std::function<bool()>& claim)
{
    for (int i = 0; i < 200; ++i) {
        if (claim())
            return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

TEST(Process, ThisOneIsAliveAndAnotherStartTimeIsAnotherProcess)
{
    ProcessId self = this_process();
    EXPECT_TRUE(is_alive(self));
    EXPECT_GT(self.start_ticks, 0u);
    ++self.start_ticks;
    EXPECT_FALSE(is_alive(self));
    EXPECT_FALSE(is_alive({}));
}

TEST(Process, ZombieIsDead)
{
    const auto child = spawn(shell("exit 0"));
    ASSERT_TRUE(child);
    EXPECT_TRUE(becomes_true([&] { return !is_alive(child.value()); }));
    EXPECT_EQ(kill(child.value().pid, 0), 0) << "it is still there, as a zombie";
    EXPECT_EQ(wait_for(child.value()).value(), 0);
}

TEST(Process, ExitStatusAndSignalAreTold)
{
    EXPECT_EQ(wait_for(spawn(shell("exit 7")).value()).value(), 7);
    EXPECT_EQ(wait_for(spawn(shell("kill -9 $$")).value()).value(), 128 + SIGKILL);
}

TEST(Process, ProgramThatIsNotThereIsAnErrorInBothKinds)
{
    for (const bool own_session : {false, true}) {
        for (const char* program : {"/nowhere/program", "no-such-program-in-path"}) {
            const auto result = spawn({.arguments = {program}, .own_session = own_session});
            ASSERT_FALSE(result) << program;
            EXPECT_EQ(result.error().code, ErrorCode::NotFound);
            EXPECT_THAT(result.error().message, HasSubstr(program));
        }
    }
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "no child is left behind";
}

TEST(Process, FileThatCannotBeExecutedIsIo)
{
    const test::TemporaryFolder folder;
    const auto result = spawn({.arguments = {folder.write("data", "x").string()}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Io);
}

TEST(Process, ProgramIsFoundInPath)
{
    EXPECT_EQ(wait_for(spawn({.arguments = {"true"}}).value()).value(), 0);
}

TEST(Process, OutputIsAppendedToTheFile)
{
    const test::TemporaryFolder folder;
    SpawnOptions options = shell("echo out; echo err >&2");
    options.output_file = folder.write("log", "before\n");
    ASSERT_EQ(wait_for(spawn(options).value()).value(), 0);
    EXPECT_EQ(read_file(options.output_file).value(), "before\nout\nerr\n");
}

TEST(Process, EnvironmentIsAddedAndReplaced)
{
    SpawnOptions options = shell("echo $LYCEUM_A,$HOME,$PATH");
    options.environment = {{"LYCEUM_A", "a"}, {"HOME", "/h"}};
    const auto captured = run_captured(options, 10s);
    ASSERT_TRUE(captured);
    EXPECT_EQ(captured.value().standard_output, "a,/h," + std::string{getenv("PATH")} + "\n");
}

TEST(Process, OwnSessionHasNoParentOfOursAndNoTerminal)
{
    const test::TemporaryFolder folder;
    SpawnOptions options = shell("cat; echo $$ $(cut -d' ' -f4,6 /proc/$$/stat); sleep 30");
    options.output_file = folder.path() / "log";
    options.own_session = true;
    const auto process = spawn(options);
    ASSERT_TRUE(process);
    std::vector<std::string> words;
    EXPECT_TRUE(becomes_true([&] {
        words = split(read_file(options.output_file).value(), ' ');
        return words.size() == 3 && words[2].ends_with('\n');
    })) << "standard input is at its end";
    EXPECT_EQ(words[0], std::to_string(process.value().pid));
    EXPECT_NE(words[1], std::to_string(getpid())) << "parent";
    EXPECT_NE(std::stoi(words[2]), getsid(0)) << "session";
    EXPECT_TRUE(is_alive(process.value()));
    kill(process.value().pid, SIGKILL);
    EXPECT_TRUE(becomes_true([&] { return !is_alive(process.value()); }));
}

TEST(RunCaptured, KeepsTheTwoStreamsApartHoweverLong)
{
    const auto captured = run_captured(
        shell("head -c 200000 /dev/zero | tr '\\0' e >&2; head -c 300000 /dev/zero | tr '\\0' o; "
              "exit 3"),
        20s);
    ASSERT_TRUE(captured);
    EXPECT_EQ(captured.value().exit_status, 3);
    EXPECT_EQ(captured.value().standard_output, std::string(300'000, 'o'));
    EXPECT_EQ(captured.value().standard_error, std::string(200'000, 'e'));
}

TEST(RunCaptured, EndsAProgramThatTakesTooLong)
{
    const auto start = std::chrono::steady_clock::now();
    const auto captured = run_captured({.arguments = {"sleep", "30"}}, 200ms);
    ASSERT_FALSE(captured);
    EXPECT_THAT(captured.error().message, HasSubstr("sleep did not finish within"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

} // namespace
} // namespace lyceum
