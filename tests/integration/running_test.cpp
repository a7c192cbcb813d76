// What people do to a run that goes on, from the terminal.
#include "tests/integration/program.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

namespace lyceum::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool becomes_true(const std::function<bool()>& claim)
{
    for (int i = 0; i < 600; ++i) {
        if (claim())
            return true;
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

/// Whether the process takes SIGUSR1 by itself: before, the signal ends it like any program.
bool takes_signals(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("SigCgt:"))
            return (std::stoull(line.substr(8), nullptr, 16) >> (SIGUSR1 - 1) & 1U) != 0;
    return false;
}

class RunningTest : public testing::Test {
protected:
    /// A model so small that a step takes milliseconds.
    std::vector<std::string> train(const std::string& name, int num_steps,
                                   std::vector<std::string> more = {})
    {
        std::vector<std::string> words{"train", "gpt-mini", "--json"};
        for (const std::string& setting :
             {"name=" + name, "trainer.max_steps=" + std::to_string(num_steps),
              std::string{"trainer.batch_size=2"}, std::string{"trainer.val_check_interval=1000"},
              std::string{"trainer.limit_val_batches=0.02"}, std::string{"data.max_length=64"},
              std::string{"samples.prompts=[]"}, std::string{"checkpoint.every_n_steps=1000"},
              std::string{"model.tokenizer=byte"}, std::string{"model.config.hidden_size=32"}}) {
            words.emplace_back("--set");
            words.push_back(setting);
        }
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    nlohmann::json show(const std::string& run)
    {
        return lyceum_({"runs", "show", run, "--json"}).last();
    }

    TemporaryFolder folder_;
    Lyceum lyceum_{folder_.path() / "workspace"};
};

TEST_F(RunningTest, IsPausedChangedContinuedAndEndsWhereItWasTold)
{
    ASSERT_EQ(lyceum_(train("tutor", 100000, {"--detach"})).status, 0);
    ASSERT_TRUE(becomes_true([&] { return show("tutor").value("step", 0) > 3; }));
    const auto paused = lyceum_({"runs", "pause", "tutor", "--json"});
    ASSERT_EQ(paused.status, 0) << paused.err;
    EXPECT_EQ(paused.last()["status"], "paused");
    EXPECT_THAT(paused.last()["author"].get<std::string>(), HasSubstr("(terminal)"));
    const auto held = show("tutor")["step"].get<int>();
    EXPECT_EQ(lyceum_({"runs", "pause", "tutor"}).status, 2) << "it is paused already";
    EXPECT_THAT(lyceum_({"runs", "checkpoint", "tutor"}).out, HasSubstr("Saved checkpoint"));
    EXPECT_THAT(lyceum_({"runs", "evaluate", "tutor"}).out, HasSubstr("Validation loss"));
    EXPECT_THAT(lyceum_({"runs", "set-lr", "tutor", "1e-5"}).out,
                HasSubstr("the learning rate from 0.002 to 1e-05"));
    EXPECT_EQ(lyceum_({"runs", "set-lr", "tutor", "2"}).status, 2);
    EXPECT_EQ(lyceum_({"runs", "set-max-steps", "tutor", "1"}).status, 2);
    EXPECT_EQ(lyceum_({"runs", "set-max-steps", "tutor", std::to_string(held + 5)}).status, 0);
    EXPECT_EQ(show("tutor")["step"], held) << "it held its place";
    const auto continued = lyceum_({"runs", "continue", "tutor"});
    EXPECT_THAT(continued.out, HasSubstr("Goes on from step " + std::to_string(held)));
    ASSERT_TRUE(becomes_true([&] { return show("tutor")["status"] == "finished"; }));
    EXPECT_EQ(show("tutor")["step"], held + 5);
    EXPECT_LE(show("tutor")["metrics"]["learning_rate"].get<double>(), 1e-5);
}

TEST_F(RunningTest, ASignalWhileItReadsModelAndDataStopsIt)
{
    ASSERT_EQ(lyceum_(train("early", 100000, {"--detach"})).status, 0);
    const auto pid = show("early")["pid"].get<pid_t>();
    ASSERT_TRUE(becomes_true([&] { return takes_signals(pid); }));
    ASSERT_EQ(kill(pid, SIGUSR1), 0); // SLURM's warning
    kill(pid, SIGTERM);               // and its end: no second stop
    ASSERT_TRUE(becomes_true([&] { return show("early")["status"] != "starting"; }));
    ASSERT_TRUE(becomes_true([&] { return show("early")["status"] != "running"; }));
    EXPECT_EQ(show("early")["status"], "stopped") << show("early").dump();
}

TEST_F(RunningTest, ResumingIsProvedToBeExactAndLeavesNothingBehind)
{
    const auto proved = lyceum_(train("tutor", 1000, {"--prove-resume", "30"}));
    ASSERT_EQ(proved.status, 0) << proved.err << proved.out;
    const auto report = proved.last();
    EXPECT_EQ(report["exact"], true) << report.dump();
    EXPECT_EQ(report["steps"], 30);
    EXPECT_GE(report["killed_after_step"], report["resumed_from_step"]);
    EXPECT_GT(report["tensors"], 10);
    EXPECT_GT(report["points"], 60);
    EXPECT_TRUE(lyceum_({"runs", "list", "--json"}).lines().empty());
    for (const auto& entry : std::filesystem::directory_iterator(lyceum_.workspace()))
        EXPECT_FALSE(entry.path().filename().string().starts_with(".temporary")) << entry.path();
}

} // namespace
} // namespace lyceum::test
