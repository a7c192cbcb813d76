#include "core/checkpoint/retention.h"
#include "tests/core/train/tiny_run.h"

#include <cstring>

namespace lyceum::train {
namespace {

using test::TinyRun;

/// Every bit of every parameter.
void expect_same_model(nn::CausalLm& a, nn::CausalLm& b)
{
    const auto left = a.named_parameters(), right = b.named_parameters();
    ASSERT_EQ(left.size(), right.size());
    for (const auto& item : left)
        EXPECT_TRUE(torch::equal(item.value(), right[item.key()])) << item.key();
}

config::RunConfig config_named(const char* name, config::Method method)
{
    auto config = test::tiny_config();
    config.name = name;
    config.model.method = method;
    config.model.lora = {.rank = 2, .dropout = 0.25}; // dropout: the random state counts
    config.checkpoint.save_top_k = -1;
    return config;
}

void expect_resumed_equals_uninterrupted(
    const config::RunConfig& config,
    const models::Architecture& architecture = lyceum::test::tiny_training_architecture())
{
    const lyceum::test::TemporaryFolder workspace;
    auto named = config;
    named.name = "whole";
    TinyRun whole(workspace.path(), named, architecture);
    const auto expected = whole.fit();
    ASSERT_TRUE(expected) << expected.error().message;

    // Killed somewhere after step 5: a new process knows only the disk.
    named.name = "resumed";
    TinyRun resumed(workspace.path(), named, architecture);
    const auto result = resumed.fit(whole.folder() / "checkpoints" / "step-000005");
    ASSERT_TRUE(result) << result.error().message;

    EXPECT_EQ(result.value().step, expected.value().step);
    EXPECT_EQ(result.value().tokens, expected.value().tokens);
    expect_same_model(*resumed.model, *whole.model);
    ASSERT_EQ(resumed.reports.size(), whole.reports.size() - 5);
    for (std::size_t i = 0; i < resumed.reports.size(); ++i) {
        EXPECT_EQ(resumed.reports[i].loss, whole.reports[i + 5].loss);
        EXPECT_EQ(resumed.reports[i].learning_rate, whole.reports[i + 5].learning_rate);
        EXPECT_EQ(resumed.reports[i].gradient_norm, whole.reports[i + 5].gradient_norm);
    }
    EXPECT_EQ(result.value().val_loss, expected.value().val_loss);
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWhenEverythingTrains)
{
    expect_resumed_equals_uninterrupted(config_named("run", config::Method::Full));
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithLoraAndDropout)
{
    expect_resumed_equals_uninterrupted(config_named("run", config::Method::Lora));
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithEveryOptimizer)
{
    for (const char* name : {"sgd", "lion", "adafactor", "muon"}) {
        auto config = config_named("run", config::Method::Full);
        config.optimizer.name = name;
        SCOPED_TRACE(name);
        expect_resumed_equals_uninterrupted(config);
    }
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithAStateIn8Bits)
{
    for (const char* name : {"adamw", "lion"}) {
        auto config = config_named("run", config::Method::Full);
        config.optimizer.name = name;
        config.optimizer.state_bits = config::StateBits::Bits8;
        SCOPED_TRACE(name);
        expect_resumed_equals_uninterrupted(config, lyceum::test::wide_training_architecture());
    }
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitInTheMiddleOfAPlateau)
{
    auto config = config_named("run", config::Method::Full);
    config.optimizer.schedule = config::Schedule::ReduceOnPlateau;
    config.optimizer.plateau = {.factor = 0.5, .patience = 0, .threshold = 0.9};
    config.trainer.val_check_interval = 2;
    expect_resumed_equals_uninterrupted(config);
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithFrozenLayers)
{
    auto config = config_named("run", config::Method::Full);
    config.model.freeze = {"model.embed_tokens.*", "model.layers.0.*"};
    config.optimizer.layer_lr_decay = 0.8;
    config.trainer.gradient_clip_algorithm = config::ClipAlgorithm::Value;
    config.trainer.gradient_clip_val = 0.05;
    expect_resumed_equals_uninterrupted(config);
}

TEST(Resume, RefusesAnotherOptimizer)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = config_named("run", config::Method::Full);
    TinyRun first(workspace.path(), config);
    ASSERT_TRUE(first.fit());
    config.optimizer.name = "lion";
    TinyRun second(workspace.path(), config);
    const auto result = second.fit(first.folder() / "checkpoints" / "step-000005");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("exp_avg_sq"), std::string::npos);
    EXPECT_NE(result.error().hint.find("optimizer"), std::string::npos);
}

/// Every callback on, and a spike after step 7 that makes the guards go back to step 6.
config::RunConfig config_with_everything(const char* name, config::AveragingKind averaging)
{
    auto config = config_named(name, config::Method::Lora);
    config.trainer.max_epochs = -1;
    config.trainer.max_steps = 12;
    config.trainer.max_time = "01:00:00:00";
    config.checkpoint.every_n_steps = 2;
    config.checkpoint.log_spaced = true;
    config.callbacks.gradient_norm = config::GradientNormConfig{.by_layer = true};
    config.callbacks.nan_guard = config::NanGuardConfig{.action = config::NanAction::Rollback};
    config.callbacks.spike_guard = config::SpikeGuardConfig{
        .window = 8, .threshold = 6, .action = config::SpikeAction::Rollback};
    config.callbacks.weight_averaging =
        config::WeightAveragingConfig{.kind = averaging, .decay = 0.8, .start = 0.3};
    config.samples = {.prompts = {"a"}, .every_n_steps = 3};
    return config;
}

Result<FitResult> fit_spoilt(TinyRun& run, const std::filesystem::path& resume = {})
{
    run.probe.after_step = [&run](Trainer& trainer) {
        const torch::NoGradGuard no_grad;
        if (trainer.progress().step == 7)
            for (auto& item : run.model->named_parameters())
                if (item.key().find("lora_B") != std::string::npos)
                    item.value().add_(3.0);
    };
    return run.fit(resume);
}

void expect_same_tensors(const std::vector<strategy::NamedTensor>& a,
                         const std::vector<strategy::NamedTensor>& b)
{
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].name, b[i].name);
        EXPECT_TRUE(torch::equal(a[i].tensor, b[i].tensor)) << a[i].name;
    }
}

void expect_exact_with_everything(config::AveragingKind averaging)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun whole(workspace.path(), config_with_everything("whole", averaging));
    const auto expected = fit_spoilt(whole);
    ASSERT_TRUE(expected) << expected.error().message;
    ASSERT_TRUE(whole.reports.at(7).is_skipped) << "the guards went back";
    const auto end = [](const TinyRun& run) {
        return checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000012").value();
    };
    for (const int step : {1, 2, 4, 6, 8, 10}) {
        SCOPED_TRACE("killed after step " + std::to_string(step));
        const auto name = "resumed-" + std::to_string(step);
        TinyRun resumed(workspace.path(), config_with_everything(name.c_str(), averaging));
        const auto result =
            fit_spoilt(resumed, checkpoint::checkpoint_folder(whole.folder(), step));
        ASSERT_TRUE(result) << result.error().message;
        expect_same_model(*resumed.model, *whole.model);
        EXPECT_EQ(result.value().val_loss, expected.value().val_loss);
        for (std::size_t i = 0; i < resumed.reports.size(); ++i)
            EXPECT_EQ(resumed.reports[i].loss,
                      whole.reports[i + static_cast<std::size_t>(step)].loss);
        expect_same_tensors(end(resumed).model, end(whole).model);
        expect_same_tensors(end(resumed).callbacks, end(whole).callbacks);
        expect_same_tensors(end(resumed).optimizer, end(whole).optimizer);
        auto state = end(resumed).trainer.callbacks, other = end(whole).trainer.callbacks;
        state.erase("time_limit"); // the clock
        other.erase("time_limit");
        EXPECT_EQ(state, other);
    }
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithEveryCallbackAndAMovingAverage)
{
    expect_exact_with_everything(config::AveragingKind::Ema);
}

TEST(Resume, EqualsTheUninterruptedRunBitForBitWithEveryCallbackAndAnEqualAverage)
{
    expect_exact_with_everything(config::AveragingKind::Swa);
}

TEST(Resume, AFinishedRunHasNothingLeftToDo)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun first(workspace.path());
    const auto done = first.fit();
    ASSERT_TRUE(done);
    const auto index = models::read_checkpoint_index(first.folder()).value();
    TinyRun again(workspace.path());
    const auto result = again.fit(first.folder() / "checkpoints" / *index.last);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, done.value().step);
    EXPECT_TRUE(again.reports.empty());
}

TEST(Resume, ForgetsWhatTheKilledAttemptWroteAfterItsCheckpoint)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = config_named("run", config::Method::Full);
    TinyRun first(workspace.path(), config);
    const auto total = first.fit().value().step;
    const auto half = first.folder() / "checkpoints" /
                      (std::string(checkpoint::kTemporaryPrefix) + "step-000099");
    std::filesystem::create_directory(half);

    TinyRun second(workspace.path(), config);
    ASSERT_TRUE(second.fit(first.folder() / "checkpoints" / "step-000005"));
    EXPECT_FALSE(std::filesystem::exists(half));
    EXPECT_EQ(second.store->metrics(second.id, "train_loss").value().size(),
              static_cast<std::size_t>(total));
}

TEST(Resume, RefusesAnotherLoraRank)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = config_named("run", config::Method::Lora);
    TinyRun first(workspace.path(), config);
    ASSERT_TRUE(first.fit());
    config.model.lora.rank = 3;
    TinyRun second(workspace.path(), config);
    const auto result = second.fit(first.folder() / "checkpoints" / "step-000005");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().hint.find("rank"), std::string::npos);
}

} // namespace
} // namespace lyceum::train
