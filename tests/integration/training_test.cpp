#include "core/base/paths.h"
#include "core/models/model_package.h"
#include "tests/integration/program.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace lyceum::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Short and small, on the real model.
std::vector<std::string> short_run(const std::string& name, int num_steps,
                                   std::vector<std::string> more = {})
{
    std::vector<std::string> words{"train", "starter", "--json"};
    for (const std::string& setting :
         {"name=" + name, "trainer.max_steps=" + std::to_string(num_steps),
          std::string{"trainer.batch_size=1"}, std::string{"trainer.val_check_interval=2"},
          std::string{"trainer.limit_val_batches=0.02"}, std::string{"data.max_length=64"},
          std::string{"optimizer.warmup_steps=0"}, std::string{"samples.prompts=[]"},
          std::string{"checkpoint.every_n_steps=2"}}) {
        words.emplace_back("--set");
        words.push_back(setting);
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

bool becomes_true(const std::function<bool()>& claim)
{
    for (int i = 0; i < 300; ++i) {
        if (claim())
            return true;
        std::this_thread::sleep_for(200ms);
    }
    return false;
}

class TrainingTest : public testing::Test {
protected:
    nlohmann::json show(const std::string& run)
    {
        return lyceum_({"runs", "show", run, "--json"}).last();
    }

    TemporaryFolder folder_;
    Lyceum lyceum_{folder_.path() / "workspace"};
};

TEST_F(TrainingTest, ShortRunEndsWithItsSummaryAndLeavesAWholeCheckpoint)
{
    const Outcome outcome = lyceum_(short_run("short", 3));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto summary = outcome.last();
    for (const char* key :
         {"run", "status", "steps", "tokens", "train_loss", "val_loss", "perplexity",
          "tokens_per_second", "peak_memory_bytes", "startup_seconds", "first_step_seconds",
          "best_checkpoint", "last_checkpoint", "strategy", "world_size"})
        EXPECT_TRUE(summary.contains(key)) << key;
    EXPECT_EQ(summary["run"], "short");
    EXPECT_EQ(summary["status"], "finished");
    EXPECT_EQ(summary["steps"], 3);
    for (const auto& line : outcome.lines())
        EXPECT_FALSE(line.is_discarded()) << "standard output is JSON only";

    const auto shown = show("short");
    EXPECT_EQ(shown["status"], "finished");
    EXPECT_TRUE(models::verify_checkpoint(std::filesystem::path{shown["folder"]} / "checkpoints" /
                                          "step-000003"));
    const Outcome losses = lyceum_({"runs", "metrics", "short", "--name", "train_loss", "--json"});
    EXPECT_EQ(losses.lines().size(), 3u);
    EXPECT_THAT(lyceum_(short_run("short", 3)).err, HasSubstr("short")) << "the name is taken";
}

TEST_F(TrainingTest, KilledRunIsLostAndGoesOnFromItsLastCheckpoint)
{
    ASSERT_EQ(lyceum_(short_run("killed", 8, {"--detach"})).status, 0);
    ASSERT_TRUE(becomes_true([&] { return !show("killed")["checkpoints"].empty(); }));
    ASSERT_EQ(kill(show("killed")["pid"].get<pid_t>(), SIGKILL), 0);
    ASSERT_TRUE(becomes_true([&] { return show("killed")["status"] != "running"; }));
    EXPECT_EQ(show("killed")["status"], "lost");

    const Outcome resumed = lyceum_({"runs", "resume", "killed", "--json"});
    ASSERT_EQ(resumed.status, 0) << resumed.err;
    EXPECT_EQ(resumed.last()["status"], "finished");
    EXPECT_EQ(resumed.last()["steps"], 8);
    EXPECT_THAT(resumed.err, HasSubstr("Resumed after step"));
    EXPECT_THAT(resumed.err, Not(HasSubstr("Saved checkpoint 2"))) << "that is history";
    const Outcome losses = lyceum_({"runs", "metrics", "killed", "--name", "train_loss", "--json"});
    EXPECT_EQ(losses.lines().size(), 8u) << "each step once";
}

TEST_F(TrainingTest, InterruptStopsAndSavesWithStatus130)
{
    SpawnOptions options{
        .arguments = {program_path("lyceum").string(), "--workspace", lyceum_.workspace().string()},
        .output_file = folder_.path() / "out"};
    for (const std::string& word : short_run("interrupted", 500))
        options.arguments.push_back(word);
    const auto process = spawn(options);
    ASSERT_TRUE(process);
    ASSERT_TRUE(becomes_true([&] { return show("interrupted").value("step", 0) > 0; }));
    kill(process.value().pid, SIGINT);
    EXPECT_EQ(wait_for(process.value()).value(), 130);
    const auto shown = show("interrupted");
    EXPECT_EQ(shown["status"], "stopped");
    ASSERT_FALSE(shown["checkpoints"].empty());
    EXPECT_EQ(shown["checkpoints"].back()["step"], shown["step"]);
}

} // namespace
} // namespace lyceum::test
