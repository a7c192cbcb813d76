#include "core/train/signals.h"
#include "tests/core/train/tiny_run.h"

#include <csignal>
#include <thread>

namespace lyceum::train {
namespace {

using store::CommandKind;
using test::taken;
using test::TinyRun;

/// Asks once, when `is_time` says so, and lets the listener's ten-times-a-second interval pass.
std::function<void(Trainer&)> ask_once(TinyRun& run, CommandKind kind,
                                       std::function<bool(Trainer&)> is_time,
                                       std::shared_ptr<std::int64_t> command)
{
    return [&run, kind, is_time = std::move(is_time), command](Trainer& trainer) {
        if (*command != 0 || !is_time(trainer))
            return;
        *command = run.store->ask(run.id, kind).value();
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
    };
}

bool in_phase(Trainer& trainer, store::Phase phase, std::int64_t step)
{
    return trainer.progress().phase == phase && trainer.progress().step == step;
}

config::RunConfig quiet_config()
{
    auto config = test::tiny_config();
    config.checkpoint.every_n_steps = 1000;
    return config;
}

TEST(Commands, StopIsObeyedBeforeTheNextStepAndSaves)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), quiet_config());
    const auto command = std::make_shared<std::int64_t>(0);
    run.probe.after_step = ask_once(
        run, CommandKind::Stop, [](Trainer& t) { return t.progress().step == 3; }, command);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::Asked);
    EXPECT_EQ(result.value().step, 3);
    EXPECT_TRUE(checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000003"));
    EXPECT_TRUE(run.store->command(*command).value().done_at);
}

TEST(Commands, StopEndsAValidationAndASampling)
{
    for (const auto phase : {store::Phase::Validating, store::Phase::Sampling}) {
        const lyceum::test::TemporaryFolder workspace;
        auto config = quiet_config();
        config.samples = {.prompts = {"a", "b"}, .every_n_steps = 4};
        TinyRun run(workspace.path(), config);
        const auto command = std::make_shared<std::int64_t>(0);
        run.probe.while_polling = ask_once(
            run, CommandKind::Stop, [phase](Trainer& t) { return in_phase(t, phase, 4); }, command);
        const auto result = run.fit();
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result.value().stop, StopReason::Asked);
        EXPECT_EQ(result.value().step, 4);
        EXPECT_NE(*command, 0);
        for (const auto& sample : taken(run.store->samples(run.id)))
            EXPECT_LT(sample.step, 4);
    }
}

TEST(Commands, ACheckpointIsSavedAtOnceInEveryLoop)
{
    for (const auto phase :
         {store::Phase::Training, store::Phase::Validating, store::Phase::Sampling}) {
        const lyceum::test::TemporaryFolder workspace;
        auto config = quiet_config();
        config.samples = {.prompts = {"a"}, .every_n_steps = 4};
        config.checkpoint.save_top_k = -1;
        TinyRun run(workspace.path(), config);
        const auto command = std::make_shared<std::int64_t>(0);
        const auto ask = ask_once(
            run, CommandKind::CheckpointNow, [phase](Trainer& t) { return in_phase(t, phase, 4); },
            command);
        bool is_answered_in_phase = false;
        run.probe.while_polling = [&](Trainer& trainer) {
            ask(trainer);
            const bool is_soon = in_phase(trainer, phase, 4) || in_phase(trainer, phase, 5);
            if (*command != 0 && is_soon && run.store->command(*command).value().done_at)
                is_answered_in_phase = true;
        };
        ASSERT_TRUE(run.fit());
        EXPECT_TRUE(is_answered_in_phase) << to_string(phase) << ": only answered after it";
        const auto answered = run.store->command(*command).value();
        EXPECT_TRUE(answered.done_at);
        EXPECT_EQ(answered.result, "Saved checkpoint 4.");
        EXPECT_TRUE(std::filesystem::exists(run.folder() / "checkpoints" / "step-000004"));
    }
}

TEST(Commands, AnEvaluationIsMadeBetweenSteps)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), quiet_config());
    const auto command = std::make_shared<std::int64_t>(0);
    run.probe.after_step = ask_once(
        run, CommandKind::EvaluateNow, [](Trainer& t) { return t.progress().step == 2; }, command);
    ASSERT_TRUE(run.fit());
    std::vector<std::int64_t> steps;
    for (const auto& metric : taken(run.store->metrics(run.id, "val_loss")))
        steps.push_back(metric.step);
    EXPECT_EQ(steps[1], 2);
    EXPECT_TRUE(run.store->command(*command).value().done_at);
}

TEST(Commands, ACommandChangesNoNumber)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = quiet_config();
    TinyRun undisturbed(workspace.path(), config);
    ASSERT_TRUE(undisturbed.fit());
    config.name = "disturbed";
    TinyRun disturbed(workspace.path(), config);
    const auto command = std::make_shared<std::int64_t>(0);
    disturbed.probe.after_step = ask_once(
        disturbed, CommandKind::EvaluateNow, [](Trainer& t) { return t.progress().step == 2; },
        command);
    ASSERT_TRUE(disturbed.fit());
    ASSERT_EQ(undisturbed.reports.size(), disturbed.reports.size());
    EXPECT_EQ(undisturbed.reports.back().loss, disturbed.reports.back().loss);
}

TEST(Signals, SaveAndStop)
{
    const lyceum::test::TemporaryFolder workspace;
    install_signal_handlers();
    TinyRun run(workspace.path(), quiet_config());
    run.probe.after_step = [](Trainer& trainer) {
        if (trainer.progress().step == 2)
            std::raise(SIGTERM);
    };
    const auto result = run.fit();
    forget_signals();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::Signal);
    EXPECT_EQ(result.value().step, 2);
    const auto checkpoints = run.store->checkpoints(run.id).value();
    ASSERT_FALSE(checkpoints.empty());
    EXPECT_EQ(checkpoints.back().reason, "signal");
}

} // namespace
} // namespace lyceum::train
