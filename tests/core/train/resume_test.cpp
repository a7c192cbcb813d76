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
