#include "core/train/signals.h"
#include "tests/core/train/tiny_run.h"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace lyceum::train {
namespace {

using store::CommandKind;
using store::RunStatus;
using test::TinyRun;

config::RunConfig still_config(const char* name = "tiny")
{
    auto config = test::tiny_config();
    config.name = name;
    config.checkpoint.every_n_steps = 1000;
    return config;
}

/// Asks from another connection, as another program would, and waits for the answer.
class Person {
public:
    explicit Person(const std::filesystem::path& workspace)
        : store_(store::RunStore::open(workspace).value())
    {
    }

    std::string ask(store::RunId run, CommandKind kind, std::optional<double> argument = {})
    {
        const auto id =
            store_->ask(run, kind, {.argument = argument, .author = "ada@lab7 (test)"}).value();
        for (int i = 0; i < 500; ++i) {
            if (const auto command = store_->command(id).value(); command.done_at)
                return command.result;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return "nobody answered";
    }

    bool sees(store::RunId run, RunStatus status)
    {
        for (int i = 0; i < 500; ++i) {
            if (store_->run(run).value().status == status)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return false;
    }

    store::RunStore& store() { return *store_; }

private:
    std::unique_ptr<store::RunStore> store_;
};

/// Pauses the run at the first poll in `phase` at `step`, before it can go on.
void pause_at(TinyRun& run, store::Phase phase, std::int64_t step)
{
    auto asked = std::make_shared<bool>(false);
    run.probe.while_polling = [&run, phase, step, asked](Trainer& trainer) {
        const auto& progress = trainer.progress();
        if (*asked || progress.phase != phase || progress.step != step)
            return;
        *asked = true;
        (void)run.store->ask(run.id, CommandKind::Pause).value();
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
    };
}

std::vector<double> losses(TinyRun& run)
{
    std::vector<double> values;
    for (const auto& metric : test::taken(run.store->metrics(run.id, "train_loss")))
        values.push_back(metric.value);
    return values;
}

TEST(Pause, HoldsItsPlaceInEveryLoopAnswersMeanwhileAndChangesNoNumber)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun undisturbed(workspace.path(), still_config("undisturbed"));
    ASSERT_TRUE(undisturbed.fit());
    for (const auto phase :
         {store::Phase::Training, store::Phase::Validating, store::Phase::Sampling}) {
        const auto name = "paused-" + std::string(to_string(phase));
        auto config = still_config(name.c_str());
        config.samples = {.prompts = {"a"}, .every_n_steps = 4};
        TinyRun run(workspace.path(), config);
        pause_at(run, phase, 4);
        std::string saved, evaluated, continued;
        bool was_paused = false;
        std::int64_t held_at = -1;
        std::thread person([&] {
            Person ada(workspace.path());
            was_paused = ada.sees(run.id, RunStatus::Paused);
            saved = ada.ask(run.id, CommandKind::CheckpointNow);
            if (phase != store::Phase::Validating)
                evaluated = ada.ask(run.id, CommandKind::EvaluateNow);
            held_at = ada.store().run(run.id).value().step;
            continued = ada.ask(run.id, CommandKind::Continue);
        });
        const auto result = run.fit();
        person.join();
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_TRUE(was_paused) << name;
        EXPECT_EQ(saved, "Saved checkpoint 4.") << name;
        if (phase != store::Phase::Validating) {
            EXPECT_EQ(evaluated.substr(0, 15), "Validation loss") << name;
        }
        EXPECT_EQ(held_at, 4) << name;
        EXPECT_EQ(continued, "Goes on from step 4.") << name;
        EXPECT_EQ(losses(run), losses(undisturbed)) << name;
        EXPECT_GT(run.store->run(run.id).value().paused_seconds, 0.0);
    }
}

TEST(Pause, APausedRunStopsAndSavesWhenAsked)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), still_config());
    pause_at(run, store::Phase::Training, 3);
    std::string stopped;
    std::thread person([&] {
        Person ada(workspace.path());
        (void)ada.sees(run.id, RunStatus::Paused);
        stopped = ada.ask(run.id, CommandKind::Stop);
    });
    const auto result = run.fit();
    person.join();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::Asked);
    EXPECT_EQ(stopped, "Stopped and saved at step 3.");
    EXPECT_TRUE(checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000003"));
}

TEST(Pause, ASignalEndsAPausedRunAndSaves)
{
    for (const int signal : {SIGTERM, SIGUSR1}) {
        const lyceum::test::TemporaryFolder workspace;
        install_signal_handlers();
        TinyRun run(workspace.path(), still_config());
        pause_at(run, store::Phase::Training, 3);
        std::thread scheduler([&] {
            Person ada(workspace.path());
            (void)ada.sees(run.id, RunStatus::Paused);
            kill(getpid(), signal);
        });
        const auto result = run.fit();
        scheduler.join();
        forget_signals();
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result.value().stop, StopReason::Signal);
        EXPECT_TRUE(checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000003"));
    }
}

TEST(Signals, SaveWithinOneStepInEveryPhase)
{
    for (const auto phase : {store::Phase::Training, store::Phase::Validating,
                             store::Phase::Sampling, store::Phase::Saving}) {
        const lyceum::test::TemporaryFolder workspace;
        install_signal_handlers();
        auto config = still_config();
        config.samples = {.prompts = {"a", "b"}, .every_n_steps = 4};
        config.checkpoint.every_n_steps = 4;
        TinyRun run(workspace.path(), config);
        bool is_sent = false;
        run.probe.while_polling = [&](Trainer& trainer) {
            const auto& progress = trainer.progress();
            if (!is_sent && progress.phase == phase && progress.step == 4) {
                is_sent = true;
                std::raise(SIGTERM);
            }
        };
        const Save save = [&](const auto& folder, const auto& checkpoint) {
            if (!is_sent && phase == store::Phase::Saving && checkpoint.manifest.step == 4) {
                is_sent = true;
                std::raise(SIGTERM);
            }
            return checkpoint::save_checkpoint(folder, checkpoint);
        };
        const auto result = run.fit({}, save);
        forget_signals();
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_TRUE(is_sent) << to_string(phase);
        EXPECT_EQ(result.value().stop, StopReason::Signal) << to_string(phase);
        EXPECT_EQ(result.value().step, 4) << to_string(phase);
        EXPECT_TRUE(checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000004"))
            << to_string(phase);
    }
}

TEST(NewLearningRate, CountsFromTheNextStepAndALaterResumeGoesOnWithIt)
{
    const lyceum::test::TemporaryFolder workspace;
    const auto change = [](TinyRun& run) {
        run.probe.after_step = [&run](Trainer& trainer) {
            if (trainer.progress().step != 4)
                return;
            (void)run.store
                ->ask(run.id, CommandKind::SetLearningRate,
                      {.argument = 1e-3, .author = "ada@lab7 (studio)"})
                .value();
            std::this_thread::sleep_for(std::chrono::milliseconds(120));
        };
    };
    TinyRun plain(workspace.path(), still_config("plain"));
    ASSERT_TRUE(plain.fit());
    auto config = still_config("changed");
    config.checkpoint.save_top_k = -1;
    TinyRun changed(workspace.path(), config);
    change(changed);
    const auto whole = changed.fit();
    ASSERT_TRUE(whole) << whole.error().message;
    for (std::size_t i = 0; i < changed.reports.size(); ++i)
        EXPECT_DOUBLE_EQ(changed.reports[i].learning_rate,
                         plain.reports[i].learning_rate * (i < 4 ? 1.0 : 1e-3 / 5e-3))
            << "step " << i + 1;

    config.name = "resumed";
    TinyRun resumed(workspace.path(), config);
    const auto result = resumed.fit(changed.folder() / "checkpoints" / "step-000004");
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(resumed.reports.size(), changed.reports.size() - 4);
    for (std::size_t i = 0; i < resumed.reports.size(); ++i) {
        EXPECT_EQ(resumed.reports[i].learning_rate, changed.reports[i + 4].learning_rate);
        EXPECT_EQ(resumed.reports[i].loss, changed.reports[i + 4].loss);
    }
    std::string told;
    for (const auto& event : test::taken(changed.store->events(changed.id)))
        if (event.kind == "command")
            told = event.text;
    EXPECT_NE(told.find("ada@lab7 (studio) asked to change the learning rate from 0.005 to 0.001"),
              std::string::npos)
        << told;
}

TEST(NewLastStep, EndsThereKeepsItOverAResumeAndRefusesThePast)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = still_config("shorter");
    config.checkpoint.save_top_k = -1;
    TinyRun run(workspace.path(), config);
    const auto ask = [&run](double steps) {
        return run.store->ask(run.id, CommandKind::SetMaxSteps, {.argument = steps, .author = ""})
            .value();
    };
    std::int64_t past = 0, shorter = 0;
    run.probe.after_step = [&](Trainer& trainer) {
        if (trainer.progress().step != 3)
            return;
        past = ask(2);
        shorter = ask(6);
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
    };
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, 6);
    EXPECT_NE(run.store->command(past).value().result.find("already"), std::string::npos);
    EXPECT_NE(run.store->command(shorter).value().result.find("to 6"), std::string::npos);

    config.name = "resumed";
    TinyRun resumed(workspace.path(), config);
    const auto again = resumed.fit(run.folder() / "checkpoints" / "step-000003");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again.value().step, 6);
    EXPECT_EQ(resumed.reports.back().loss, run.reports.back().loss);
}

TEST(NewLastStep, ALaterOneGoesOnBeyondTheEpochs)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = still_config();
    config.trainer.max_epochs = 1;
    TinyRun run(workspace.path(), config);
    run.probe.after_step = [&run](Trainer& trainer) {
        if (trainer.progress().step != 2)
            return;
        (void)run.store->ask(run.id, CommandKind::SetMaxSteps, {.argument = 25, .author = ""})
            .value();
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
    };
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, 25);
}

} // namespace
} // namespace lyceum::train
