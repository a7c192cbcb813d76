#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "core/jobs/jobs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lyceum::jobs {
namespace {

using store::RunStatus;
using testing::HasSubstr;

class JobsTest : public testing::Test {
protected:
    void SetUp() override
    {
        setenv("LYCEUM_BIN", LYCEUM_FAKE_BIN, 1);
        jobs_ = open();
    }

    void TearDown() override
    {
        const auto runs = jobs_->store().runs();
        ASSERT_TRUE(runs);
        for (const auto& run : runs.value()) {
            if (is_active(run.status) && run.process.pid != getpid())
                kill(run.process.pid, SIGKILL);
        }
    }

    [[nodiscard]] std::unique_ptr<Jobs> open() const
    {
        auto jobs = Jobs::open(folder_.path() / "workspace");
        EXPECT_TRUE(jobs) << jobs.error().message;
        return std::move(jobs).value();
    }

    /// `what` tells the stand-in engine what to do: "finish", "wait" or "die".
    config::RunConfig config_for(const std::string& what) const
    {
        config::RunConfig config;
        config.name = "tutor";
        config.data.train =
            folder_.write(what + ".jsonl", "{\"text\": \"one half is 1/2\"}\n").string();
        config.data.validation = "none";
        return config;
    }

    RunStatus wait_until_ended(const std::string& name)
    {
        for (int i = 0; i < 2000; ++i) {
            const auto run = jobs_->store().find_run(name);
            if (run && !is_active(run.value().status))
                return run.value().status;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "the run did not end";
        return RunStatus::Running;
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<Jobs> jobs_;
};

TEST_F(JobsTest, StartMakesACompleteFolderAndTheEngineWritesTheHistory)
{
    auto config = config_for("finish");
    const auto run = jobs_->start(config);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Finished);

    const auto folder = folder_.path() / "workspace" / "runs" / "tutor";
    EXPECT_EQ(run.value().folder, folder);
    const auto yaml = config::parse_yaml(read_file(folder / "run.yaml").value());
    EXPECT_TRUE(yaml.problems.empty());
    EXPECT_EQ(yaml.config, config::resolved(config));
    const auto environment = read_file(folder / "environment.json").value();
    EXPECT_THAT(environment, HasSubstr("\"sha256\""));
    EXPECT_THAT(environment, HasSubstr("\"cores\""));
    EXPECT_EQ(jobs_->store().series(run.value().id, "train_loss").value().size(), 5U);
    EXPECT_THAT(jobs_->read_log(run.value(), 0, 1000).value(), HasSubstr("rank 0 of 1"));
    EXPECT_EQ(jobs_->read_log(run.value(), 5, 1).value(), "0");
    EXPECT_EQ(jobs_->read_log(run.value(), 1 << 20, 10).value(), "");
}

TEST_F(JobsTest, ATakenNameIsRefusedWithBothWaysOut)
{
    ASSERT_TRUE(jobs_->start(config_for("finish")));
    const auto again = jobs_->start(config_for("finish"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(again.error().hint, HasSubstr("tutor-2"));
    EXPECT_THAT(again.error().hint, HasSubstr("lyceum runs resume tutor"));
    wait_until_ended("tutor");
}

TEST_F(JobsTest, OfManyProgramsThatStartOneNameExactlyOneWins)
{
    const auto config = config_for("finish");
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            const auto jobs = Jobs::open(folder_.path() / "workspace");
            const auto run =
                jobs ? jobs.value()->start(config) : Result<store::RunRow>(jobs.error());
            _exit(run ? 0 : run.error().code == ErrorCode::AlreadyExists ? 1 : 2);
        }
        children.push_back(child);
    }
    int num_started = 0;
    for (const auto child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_NE(WEXITSTATUS(status), 2);
        num_started += WEXITSTATUS(status) == 0 ? 1 : 0;
    }
    EXPECT_EQ(num_started, 1);
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Finished);
}

TEST_F(JobsTest, ARunWithoutANameGetsAFreeOne)
{
    auto config = config_for("finish");
    config.name.clear();
    EXPECT_EQ(jobs_->start(config).value().name, "finish");
    EXPECT_EQ(jobs_->start(config).value().name, "finish-2");
    EXPECT_EQ(jobs_->free_name("My Lesson!").value(), "My-Lesson");
    wait_until_ended("finish");
    wait_until_ended("finish-2");
}

TEST_F(JobsTest, NothingIsLeftBehindWhenARunCannotStart)
{
    auto wrong = config_for("finish");
    wrong.optimizer.lr = 5;
    EXPECT_EQ(jobs_->start(wrong).error().code, ErrorCode::InvalidConfig);
    auto no_data = config_for("finish");
    no_data.data.train = "fraction-tutor";
    EXPECT_EQ(jobs_->start(no_data).error().code, ErrorCode::NotFound);
    auto no_model = config_for("finish");
    no_model.model.base = "smolm2-135m-instruct";
    const auto missing = jobs_->start(no_model);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().hint, HasSubstr("smollm2-135m-instruct"));
    setenv("LYCEUM_BIN", "/no/such/folder", 1);
    EXPECT_FALSE(jobs_->start(config_for("finish")));
    EXPECT_TRUE(jobs_->store().runs().value().empty());
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "workspace" / "runs" / "tutor"));
}

TEST_F(JobsTest, StopIsAskedAndObeyed)
{
    ASSERT_TRUE(jobs_->start(config_for("wait")));
    const auto command = jobs_->ask("tutor", store::CommandKind::Stop);
    ASSERT_TRUE(command) << command.error().message;
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Stopped);
    EXPECT_EQ(jobs_->store().command(command.value()).value().result, "Done by the stand-in.");
    const auto again = jobs_->ask("tutor", store::CommandKind::Stop);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, HasSubstr("stopped"));
}

TEST_F(JobsTest, AValueNoRunCouldTakeIsRefusedBeforeTheEngineHearsOfIt)
{
    ASSERT_TRUE(jobs_->start(config_for("wait")));
    using enum store::CommandKind;
    for (const double rate : {0.0, -1e-4, 1.5, std::nan("")})
        EXPECT_EQ(jobs_->ask("tutor", SetLearningRate, rate).error().code, ErrorCode::InvalidConfig)
            << rate;
    EXPECT_EQ(jobs_->ask("tutor", SetLearningRate).error().code, ErrorCode::InvalidConfig);
    EXPECT_EQ(jobs_->ask("tutor", SetMaxSteps, 100.5).error().code, ErrorCode::InvalidConfig);
    EXPECT_EQ(jobs_->ask("tutor", SetMaxSteps, -1.0).error().code, ErrorCode::InvalidConfig);
    const auto taken = jobs_->ask("tutor", SetLearningRate, 1e-4);
    ASSERT_TRUE(taken) << taken.error().message;
    const auto command = jobs_->store().command(taken.value()).value();
    EXPECT_EQ(command.author, user_name() + "@" + host_name() + " (terminal)");
    ASSERT_TRUE(jobs_->ask("tutor", Stop));
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Stopped);
}

TEST_F(JobsTest, TheEngineOutlivesWhoeverStartedIt)
{
    const auto config = config_for("wait");
    const pid_t front_end = fork();
    if (front_end == 0) {
        const auto jobs = Jobs::open(folder_.path() / "workspace");
        _exit(jobs && jobs.value()->start(config) ? 0 : 1);
    }
    int status = 0;
    waitpid(front_end, &status, 0);
    ASSERT_EQ(status, 0);
    EXPECT_TRUE(is_active(jobs_->store().find_run("tutor").value().status));
    ASSERT_TRUE(jobs_->ask("tutor", store::CommandKind::Stop));
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Stopped);
}

TEST_F(JobsTest, AKilledEngineIsLostAndResumesFromItsLastCheckpoint)
{
    const auto run = jobs_->start(config_for("wait"));
    ASSERT_TRUE(run);
    while (jobs_->store().run(run.value().id).value().step < 4)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    kill(jobs_->store().run(run.value().id).value().process.pid, SIGKILL);
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Lost);

    const auto resumed = jobs_->resume("tutor");
    ASSERT_TRUE(resumed) << resumed.error().message;
    const auto refused = jobs_->resume("tutor");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidConfig);
    ASSERT_TRUE(jobs_->ask("tutor", store::CommandKind::Stop));
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Stopped);
    const auto events = jobs_->store().events(run.value().id).value();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_THAT(events[0].text, HasSubstr("tutor/checkpoints/step-000002"));
}

TEST_F(JobsTest, ARunWithoutACheckpointStartsAgainAndSaysSo)
{
    const auto run = jobs_->start(config_for("die"));
    ASSERT_TRUE(run);
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Lost);
    EXPECT_EQ(jobs_->resume("tutor", 50).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(jobs_->resume("tutor"));
    const auto events = jobs_->store().events(run.value().id).value();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_THAT(events[0].text, HasSubstr("starts from step 0"));
    EXPECT_EQ(wait_until_ended("tutor"), RunStatus::Lost);
}

TEST_F(JobsTest, RemoveTakesFolderAndRowsButNeverAnActiveRun)
{
    ASSERT_TRUE(jobs_->start(config_for("wait")));
    EXPECT_EQ(jobs_->remove("tutor").error().code, ErrorCode::InvalidConfig);
    ASSERT_TRUE(jobs_->ask("tutor", store::CommandKind::Stop));
    wait_until_ended("tutor");
    const auto removed = jobs_->remove("tutor");
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(jobs_->store().find_run("tutor").error().code, ErrorCode::NotFound);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "workspace" / "runs"));
    EXPECT_EQ(jobs_->remove("tutor").error().code, ErrorCode::NotFound);
}

TEST_F(JobsTest, AFolderThatIsGoneCannotBeResumedButCanBeRemoved)
{
    ASSERT_TRUE(jobs_->start(config_for("finish")));
    wait_until_ended("tutor");
    std::filesystem::remove_all(folder_.path() / "workspace" / "runs" / "tutor");
    EXPECT_EQ(jobs_->resume("tutor").error().code, ErrorCode::NotFound);
    EXPECT_TRUE(jobs_->remove("tutor"));
}

TEST(Jobs, AWorkspaceThatCannotBeWrittenIsNamed)
{
    const test::TemporaryFolder folder;
    const auto jobs = Jobs::open(folder.write("file", "") / "workspace");
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error().code, ErrorCode::Io);
}

} // namespace
} // namespace lyceum::jobs
