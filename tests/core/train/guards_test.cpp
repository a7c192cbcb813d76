#include "core/train/guards.h"
#include "tests/core/train/tiny_run.h"

#include <gmock/gmock.h>

#include <limits>

namespace lyceum::train {
namespace {

using test::taken;
using test::TinyRun;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> texts_of(TinyRun& run, const std::string& kind)
{
    std::vector<std::string> texts;
    for (const auto& event : taken(run.store->events(run.id)))
        if (event.kind == kind)
            texts.push_back(event.text);
    return texts;
}

/// A run whose final norm is multiplied by `factor` after step 7, as a bad step would spoil it;
/// checkpoints are those of steps 2, 4, 6, ...
config::RunConfig guarded_config()
{
    auto config = test::tiny_config();
    config.trainer.max_epochs = -1;
    config.trainer.max_steps = 12;
    config.checkpoint.every_n_steps = 2;
    config.checkpoint.save_top_k = 100;
    return config;
}

void spoil_after(TinyRun& run, std::int64_t step, double factor)
{
    run.probe.after_step = [&run, step, factor](Trainer& trainer) {
        const torch::NoGradGuard no_grad;
        if (trainer.progress().step == step)
            run.model->named_parameters()["model.norm.weight"].mul_(factor);
    };
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(NanGuard, GoesBackToTheLastCheckpointAndLeavesTheBatchOut)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = guarded_config();
    config.callbacks.nan_guard = config::NanGuardConfig{.action = config::NanAction::Rollback};
    TinyRun run(workspace.path(), config);
    spoil_after(run, 7, kNan);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, 12);
    EXPECT_TRUE(run.reports[7].is_skipped);
    EXPECT_TRUE(std::isfinite(run.reports[8].loss));
    const auto faults = texts_of(run, "fault");
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_THAT(faults[0], HasSubstr("went back to those of step 6"));
    EXPECT_THAT(faults[0], HasSubstr("samples, "));
    EXPECT_THAT(faults[0], HasSubstr("Likely cause"));
}

TEST(NanGuard, EndsTheRunWhenItWouldGoBackForEver)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = guarded_config();
    config.callbacks.nan_guard =
        config::NanGuardConfig{.action = config::NanAction::Rollback, .max_rollbacks = 2};
    TinyRun run(workspace.path(), config);
    run.probe.after_step = [&run](Trainer& trainer) {
        const torch::NoGradGuard no_grad;
        if (trainer.progress().step % 2 == 1 && trainer.progress().step >= 3)
            run.model->named_parameters()["model.norm.weight"].fill_(kNan);
    };
    const auto result = run.fit();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("gone back 2 times"));
}

TEST(NanGuard, NamesRecordsAndMaskOfTheBatchThatBrokeTheRun)
{
    const lyceum::test::TemporaryFolder workspace;
    auto samples = lyceum::test::tiny_samples(4);
    for (std::size_t i = 0; i < samples.samples.size(); ++i)
        samples.samples[i].line = 10 + i;
    samples.samples[2].ids.assign(20, 5);
    samples.samples[2].learn.assign(20, 1);
    TinyRun run(workspace.path(), test::tiny_config(), lyceum::test::tiny_training_architecture(),
                samples);
    spoil_after(run, 1, kNan);
    const auto result = run.fit();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("record 12 (20 tokens, 95 % learnt"));
    EXPECT_THAT(result.error().message, HasSubstr("damaged text in record 12"));
}

TEST(NanGuard, LeavesABatchWhoseLabelsAreAllMaskedOut)
{
    const lyceum::test::TemporaryFolder workspace;
    data::EncodedDataset samples;
    for (int i = 0; i < 3; ++i) {
        data::EncodedSample sample;
        sample.ids.assign(38, static_cast<text::TokenId>(3 + i));
        sample.learn.assign(38, static_cast<std::uint8_t>(i == 0 ? 0 : 1));
        samples.stats.num_targets += sample.num_targets();
        samples.samples.push_back(std::move(sample));
    }
    auto config = test::tiny_config();
    config.trainer.max_epochs = 12;
    TinyRun run(workspace.path(), config, lyceum::test::tiny_training_architecture(), samples);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto warnings = texts_of(run, "warning");
    ASSERT_FALSE(warnings.empty());
    EXPECT_THAT(warnings[0], HasSubstr("no token to learn"));
    EXPECT_FALSE(
        run.model->named_parameters()["model.embed_tokens.weight"].isnan().any().item<bool>());
}

TEST(RobustDeviations, AreMedianAbsoluteDeviationsAboveTheMedian)
{
    const std::deque<double> usual = {1, 2, 3, 4, 100}; // median 3, deviations 2 1 0 1 97: MAD 1
    EXPECT_NEAR(robust_deviations(3 + 2 * 1.4826, usual, 0.1), 2.0, 1e-12);
    EXPECT_NEAR(robust_deviations(5, {2, 2, 2, 2}, 0.5), 6.0, 1e-12) << "never below the least";
    EXPECT_LT(robust_deviations(0, usual, 0.1), 0) << "a low value is no spike";
}

Result<FitResult> fit_with_spike(TinyRun& run)
{
    spoil_after(run, 7, 60.0);
    return run.fit();
}

config::RunConfig spike_config(config::SpikeAction action)
{
    auto config = guarded_config();
    config.callbacks.spike_guard =
        config::SpikeGuardConfig{.window = 8, .threshold = 6, .action = action};
    return config;
}

TEST(SpikeGuard, WarnsAndGoesOn)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), spike_config(config::SpikeAction::Warn));
    const auto result = fit_with_spike(run);
    ASSERT_TRUE(result) << result.error().message;
    const auto warnings = texts_of(run, "warning");
    ASSERT_EQ(warnings.size(), 1U) << "once, not at every step after";
    EXPECT_THAT(warnings[0], HasSubstr("Step 8: the loss is"));
    EXPECT_FALSE(run.reports[7].is_skipped);
}

TEST(SpikeGuard, GoesBackToTheLastCheckpoint)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), spike_config(config::SpikeAction::Rollback));
    const auto result = fit_with_spike(run);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_TRUE(run.reports[7].is_skipped);
    EXPECT_LT(run.reports[8].loss, run.reports[7].loss / 2);
    EXPECT_THAT(texts_of(run, "fault").at(0), HasSubstr("step 6"));
}

TEST(SpikeGuard, SkipsABoundedNumberOfBatches)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = spike_config(config::SpikeAction::Skip);
    config.callbacks.spike_guard->max_rollbacks = 2; // the weights stay spoilt: every step spikes
    TinyRun run(workspace.path(), config);
    const auto result = fit_with_spike(run);
    ASSERT_FALSE(result);
    EXPECT_EQ(run.reports.size(), 9U);
    EXPECT_THAT(result.error().message, HasSubstr("2 times a batch was left out"));
}

TEST(SpikeGuard, EndsTheRunWithTheCause)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), spike_config(config::SpikeAction::Halt));
    const auto result = fit_with_spike(run);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("step 8: the loss is"));
    EXPECT_THAT(result.error().message, HasSubstr("above the usual"));
}

} // namespace
} // namespace lyceum::train
