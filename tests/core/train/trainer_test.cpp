#include "tests/core/train/tiny_run.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

namespace lyceum::train {
namespace {

using test::taken;
using test::TinyRun;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<double> values_of(TinyRun& run, const std::string& name)
{
    std::vector<double> values;
    for (const auto& metric : taken(run.store->metrics(run.id, name)))
        values.push_back(metric.value);
    return values;
}

std::vector<std::string> event_kinds(TinyRun& run)
{
    std::vector<std::string> kinds;
    for (const auto& event : taken(run.store->events(run.id)))
        kinds.push_back(event.kind);
    return kinds;
}

TEST(Trainer, OverfitsATinySet)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_epochs = 40;
    config.trainer.val_check_interval = 1000;
    config.checkpoint.every_n_steps = 1000;
    config.optimizer.lr = 2e-2;
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_GT(run.reports.front().loss, std::log(64.0) - 0.5);
    EXPECT_LT(result.value().train_loss.value(), 0.5);
}

TEST(Trainer, LearnsWithEveryOptimizer)
{
    const std::vector<std::pair<std::string, double>> rates = {
        {"adamw", 5e-3}, {"sgd", 0.2}, {"lion", 2e-3}, {"adafactor", 1e-2}, {"muon", 5e-3}};
    for (const auto& [name, rate] : rates) {
        const lyceum::test::TemporaryFolder workspace;
        auto config = test::tiny_config();
        config.optimizer.name = name;
        config.optimizer.lr = rate;
        config.trainer.max_epochs = 10;
        config.trainer.val_check_interval = 1000;
        config.checkpoint.every_n_steps = 1000;
        TinyRun run(workspace.path(), config);
        const auto result = run.fit();
        ASSERT_TRUE(result) << name << result.error().message;
        EXPECT_LT(result.value().train_loss.value(), run.reports.front().loss - 0.5) << name;
    }
}

TEST(Trainer, In8BitsFollowsTheCurveOf32)
{
    std::array<std::vector<StepReport>, 2> curves;
    for (std::size_t i = 0; i < 2; ++i) {
        const lyceum::test::TemporaryFolder workspace;
        auto config = test::tiny_config();
        config.trainer.max_epochs = 20;
        config.trainer.val_check_interval = 1000;
        config.checkpoint.every_n_steps = 1000;
        config.optimizer.state_bits = static_cast<config::StateBits>(i);
        TinyRun run(workspace.path(), config, lyceum::test::wide_training_architecture());
        ASSERT_TRUE(run.fit());
        curves[i] = run.reports;
    }
    ASSERT_EQ(curves[0].size(), curves[1].size());
    for (std::size_t step = 0; step < curves[0].size(); ++step)
        EXPECT_NEAR(curves[1][step].loss, curves[0][step].loss, 0.02) << step;
}

TEST(Trainer, LowersTheLearningRateOnAPlateauAndSaysSo)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.optimizer.schedule = config::Schedule::ReduceOnPlateau;
    config.optimizer.plateau = {.factor = 0.5, .patience = 0, .threshold = 0.9};
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    EXPECT_THAT(event_kinds(run), testing::Contains("learning_rate"));
    EXPECT_LT(run.reports.back().learning_rate, config.optimizer.lr);
}

TEST(Trainer, LeavesFrozenParametersAsTheyAreAndOutOfTheCheckpoint)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.model.freeze = {"model.embed_tokens.*"};
    TinyRun run(workspace.path(), config);
    const auto before = run.model->named_parameters()["model.embed_tokens.weight"].clone();
    ASSERT_TRUE(run.fit());
    EXPECT_TRUE(torch::equal(run.model->named_parameters()["model.embed_tokens.weight"], before));
    const auto saved =
        checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000012").value();
    EXPECT_EQ(saved.manifest.frozen, config.model.freeze);
    for (const auto& [name, tensor] : saved.model)
        EXPECT_NE(name, "model.embed_tokens.weight");
}

TEST(Trainer, WritesEveryMetricOfEveryStepAndValidatesFirst)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto steps = static_cast<std::size_t>(result.value().step);
    EXPECT_EQ(values_of(run, "train_loss").size(), steps);
    EXPECT_EQ(values_of(run, "learning_rate").size(), steps);
    EXPECT_EQ(values_of(run, "epoch").back(), 3.0);
    const auto validations = run.store->metrics(run.id, "val_loss").value();
    EXPECT_EQ(validations.front().step, 0);
    EXPECT_EQ(validations.back().step, result.value().step);
    EXPECT_NEAR(values_of(run, "perplexity").back(), std::exp(validations.back().value), 1e-9);
    EXPECT_EQ(result.value().tokens,
              3 * static_cast<std::int64_t>(test::tiny_samples(24).stats.num_tokens))
        << "three epochs, each token once, no padding";
    EXPECT_EQ(values_of(run, "tokens").back(), static_cast<double>(result.value().tokens));
    EXPECT_EQ(run.store->run(run.id).value().total_steps, result.value().step);
    EXPECT_GT(result.value().tokens_per_second, 0.0);
    EXPECT_GT(result.value().startup_seconds, 0.0);
    EXPECT_GT(result.value().first_step_seconds, result.value().startup_seconds);
}

TEST(Trainer, StopsAtMaxSteps)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_steps = 3;
    TinyRun run(workspace.path(), config);
    EXPECT_EQ(run.fit().value().step, 3);
    EXPECT_TRUE(std::filesystem::exists(run.folder() / "checkpoints" / "step-000003"));
}

TEST(Trainer, KeepsBestAndLastCheckpointsAndTheirIndex)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    ASSERT_TRUE(run.fit());
    const auto index = models::read_checkpoint_index(run.folder()).value();
    ASSERT_TRUE(index.best && index.last);
    std::size_t kept = 0;
    for (const auto& checkpoint : taken(run.store->checkpoints(run.id))) {
        EXPECT_EQ(
            std::filesystem::exists(run.folder() / "checkpoints" / checkpoint.folder.filename()),
            checkpoint.is_kept)
            << checkpoint.step;
        kept += checkpoint.is_kept ? 1U : 0U;
    }
    EXPECT_EQ(kept, *index.best == *index.last ? 1U : 2U);
}

TEST(Trainer, WritesSamplesBeforeTheFirstStepOnScheduleAndAtTheEnd)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.samples = {.prompts = {"a", "b"}, .every_n_steps = 4};
    config.trainer.max_steps = 6;
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    std::vector<std::int64_t> steps;
    for (const auto& sample : taken(run.store->samples(run.id)))
        steps.push_back(sample.step);
    EXPECT_THAT(steps, ::testing::ElementsAre(0, 0, 4, 4, 6, 6));
    EXPECT_EQ(run.store->samples(run.id).value()[1].text, "answer to b");
}

TEST(Trainer, EndsEarlyWhenValidationGainsNothing)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_epochs = 50;
    config.optimizer.lr = 1e-12;
    TinyRun run(workspace.path(), config);
    run.early_stopping = {.patience = 2, .min_delta = 0.01};
    const auto result = run.fit();
    ASSERT_TRUE(result);
    EXPECT_EQ(result.value().stop, StopReason::EarlyStopping);
    EXPECT_EQ(result.value().step, 8);
}

TEST(Trainer, ALossThatIsNotANumberNeverReachesTheParameters)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    run.probe.after_step = [&run](Trainer& trainer) {
        if (trainer.progress().step == 2) {
            const torch::NoGradGuard no_grad;
            run.model->named_parameters()["model.norm.weight"].fill_(
                std::numeric_limits<float>::quiet_NaN());
        }
    };
    const auto result = run.fit();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("step 3"), std::string::npos);
    EXPECT_EQ(run.reports.size(), 2U);
    EXPECT_FALSE(
        run.model->named_parameters()["model.embed_tokens.weight"].isnan().any().item<bool>());
}

TEST(Trainer, PausesOnAFullDiskAndGoesOnWhenThereIsSpace)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_steps = 6;
    config.trainer.val_check_interval = 1000;
    TinyRun run(workspace.path(), config);
    int refusals = 0;
    const auto result = run.fit(
        {}, [&](const auto& folder, const auto& checkpoint) -> Result<checkpoint::SavedCheckpoint> {
            if (checkpoint.manifest.step == 5 && ++refusals == 1)
                return Error{ErrorCode::DiskFull, "no space", ""};
            return checkpoint::save_checkpoint(folder, checkpoint);
        });
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, 6);
    EXPECT_EQ(refusals, 2);
    EXPECT_THAT(event_kinds(run), Contains("fault"));
    for (const auto& event : taken(run.store->events(run.id)))
        if (event.kind == "fault") {
            EXPECT_THAT(event.text, HasSubstr("every step so far"));
        }
}

TEST(Trainer, FailsWithTheDisksWordsWhenStoppedInThePause)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    bool asked = false;
    const auto result =
        run.fit({}, [&](const auto&, const auto&) -> Result<checkpoint::SavedCheckpoint> {
            if (!std::exchange(asked, true)) {
                EXPECT_TRUE(run.store->ask(run.id, store::CommandKind::Stop));
            }
            return Error{ErrorCode::DiskFull, "Checkpoint was not written", ""};
        });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::DiskFull);
}

TEST(Trainer, SaysWhenMaxLengthLeavesNothingToLearn)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.data.max_length = 3;
    data::EncodedDataset cut;
    cut.stats = {.num_samples = 6,
                 .num_truncated_samples = 6,
                 .num_truncated_tokens = 90,
                 .num_without_targets = 6};
    const loader::DataModule data(std::move(cut), {}, {}, {.max_length = 3});
    task::CausalLmTask task(test::tiny_model(), config.optimizer, {});
    Trainer trainer(config, workspace.path(), {});
    const auto result = trainer.fit(task, data, *strategy::make_strategy("single").value());
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("data.max_length = 3"));
    EXPECT_THAT(result.error().message, HasSubstr("90 tokens cut"));
}

TEST(Trainer, TrainsWithoutValidationData)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    const auto data = std::make_unique<loader::DataModule>(
        test::tiny_samples(6), data::EncodedDataset{}, data::EncodedDataset{},
        loader::DataModuleOptions{.max_length = 40, .batch_size = 2});
    auto model = test::tiny_model();
    task::CausalLmTask task(model, config.optimizer, {});
    auto strategy = strategy::make_strategy("single").value();
    Trainer trainer(config, workspace.path(), {});
    const auto result = trainer.fit(task, *data, *strategy);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_FALSE(result.value().val_loss);
    EXPECT_TRUE(result.value().train_loss);
}

} // namespace
} // namespace lyceum::train
