#include "core/base/atomic_file.h"
#include "core/train/limits.h"
#include "core/train/matmul_peak.h"
#include "tests/core/train/callback_example.h"
#include "tests/core/train/tiny_run.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

namespace lyceum::train {
namespace {

using test::taken;
using test::TinyRun;
using ::testing::HasSubstr;

std::vector<double> logged(TinyRun& run, const std::string& name)
{
    std::vector<double> values;
    for (const auto& metric : taken(run.store->metrics(run.id, name)))
        values.push_back(metric.value);
    return values;
}

std::set<std::int64_t> steps_on_disk(const TinyRun& run)
{
    std::set<std::int64_t> steps;
    for (const auto& one : checkpoint::list_checkpoints(run.folder()))
        steps.insert(one.step);
    return steps;
}

bool has_event(TinyRun& run, const std::string& kind, const std::string& part)
{
    for (const auto& event : taken(run.store->events(run.id)))
        if (event.kind == kind && event.text.find(part) != std::string::npos)
            return true;
    return false;
}

// A guide whose example does not compile would cost its reader an evening.
TEST(CallbackGuide, ShowsTheExampleThatIsTestedHere)
{
    const auto guide = read_file(std::string(LYCEUM_SOURCE_DIR) + "/core/train/CALLBACKS.md");
    const auto example =
        read_file(std::string(LYCEUM_SOURCE_DIR) + "/tests/core/train/callback_example.h");
    ASSERT_TRUE(guide && example);
    const auto begin = example.value().find("class StopAtLoss");
    const auto end = example.value().find("} // namespace");
    EXPECT_THAT(guide.value(), HasSubstr(example.value().substr(begin, end - begin)));
}

TEST(CallbackGuide, ItsExampleStopsTheRunAndRemembers)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    run.more.push_back(std::make_unique<StopAtLoss>(100.0, 3));
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().step, 3);
    EXPECT_TRUE(has_event(run, "stopped", "3 steps"));
    TinyRun again(workspace.path());
    again.more.push_back(std::make_unique<StopAtLoss>(100.0, 4));
    EXPECT_EQ(again.fit(run.folder() / "checkpoints" / "step-000003").value().step, 4)
        << "the three before the resume count";
}

TEST(ModelCheckpoint, RanksByAnyMetricAndKeepsItsRankingOverAResume)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.monitor = "tokens"; // grows: with max, the last is the best
    config.checkpoint.mode = config::MonitorMode::Max;
    config.checkpoint.every_n_steps = 2;
    config.checkpoint.save_top_k = 2;
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto index = models::read_checkpoint_index(run.folder()).value();
    EXPECT_EQ(index.best, index.last);
    EXPECT_EQ(steps_on_disk(run).size(), 2U);
    for (const auto& one : checkpoint::list_checkpoints(run.folder(), "tokens"))
        EXPECT_GT(one.monitored.value_or(0), 0) << one.step;
    EXPECT_TRUE(has_event(run, "best", "tokens"));
}

TEST(ModelCheckpoint, NamesTheMetricsThereAreWhenItsOwnNeverComes)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.monitor = "train_los";
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(result.error().message, HasSubstr("checkpoint.monitor"));
    EXPECT_THAT(result.error().message, HasSubstr("perplexity"));
    EXPECT_THAT(result.error().hint, HasSubstr("train_loss"));
    config.checkpoint.monitor = "val_accuracy";
    config.name = "second";
    TinyRun second(workspace.path(), config);
    ASSERT_FALSE(second.fit());
    EXPECT_TRUE(second.reports.empty()) << "known before the first step";
}

TEST(ModelCheckpoint, KeepsItsLogSpacedCheckpoints)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.every_n_steps = 0;
    config.checkpoint.log_spaced = true;
    config.checkpoint.save_on_validation = false;
    config.trainer.max_epochs = -1;
    config.trainer.max_steps = 10;
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    EXPECT_EQ(steps_on_disk(run), (std::set<std::int64_t>{1, 2, 4, 8, 10}));
}

TEST(ModelCheckpoint, SavesByTheClock)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.every_n_steps = 0;
    config.checkpoint.every_n_minutes = 1e-9;
    config.checkpoint.save_on_validation = false;
    config.checkpoint.save_top_k = 100;
    config.trainer.max_steps = 4;
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    const auto saved = taken(run.store->checkpoints(run.id)).size();
    EXPECT_EQ(saved, 4U);
}

TEST(EarlyStopping, EndsADivergedRunAtOnce)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path());
    run.early_stopping = {.patience = 100, .divergence_threshold = 1e-3};
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::EarlyStopping);
    EXPECT_EQ(result.value().step, 0);
    EXPECT_TRUE(has_event(run, "stopped", "divergence_threshold"));
}

TEST(EarlyStopping, WatchesAnyMetricInEitherDirection)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_epochs = 50;
    TinyRun run(workspace.path(), config);
    run.early_stopping = {
        .monitor = "learning_rate", .patience = 2, .mode = config::MonitorMode::Max};
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::EarlyStopping);
    EXPECT_EQ(result.value().step, 12) << "validations at 4, 8, 12: the rate falls after 4";
}

TEST(GradientNormMonitor, NormsByLayerMakeUpTheGlobalOne)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.callbacks.gradient_norm = config::GradientNormConfig{.by_layer = true};
    config.trainer.gradient_clip_val = 0.01; // far below the norm: clipping is undone
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    const auto whole = logged(run, "gradient_norm");
    double squares = 0;
    for (const auto* group : {"embeddings", "block_00", "block_01", "head"})
        squares += std::pow(logged(run, std::string("gradient_norm/") + group).at(2), 2);
    EXPECT_NEAR(std::sqrt(squares), whole.at(2), 1e-4 * whole.at(2));
}

TEST(GradientNormMonitor, KnowsTheLayersOfEveryFamily)
{
    EXPECT_EQ(norm_group("model.layers.3.mlp.up_proj.weight"), "block_03");
    EXPECT_EQ(norm_group("transformer.h.11.attn.c_attn.weight"), "block_11");
    EXPECT_EQ(norm_group("bert.encoder.layer.0.output.dense.bias"), "block_00");
    EXPECT_EQ(norm_group("model.embed_tokens.weight"), "embeddings");
    EXPECT_EQ(norm_group("transformer.wpe.weight"), "embeddings");
    EXPECT_EQ(norm_group("model.norm.weight"), "head");
}

// PaLM's formula by hand: D 32, I 48, L 2, H 4, K 2, head 8, V 64, tied.
TEST(FlopModel, CountsTrainedAndFrozenParametersAsTheFormulaDoes)
{
    const auto model = lyceum::test::tiny_model();
    const double layer = 32 * 32 * 2 + 32 * 16 * 2 + 3 * 32 * 48 + 2 * 32;
    const double all = 64 * 32 + 2 * layer + 32;
    EXPECT_EQ(flop_model(*model).per_token, 6 * all);
    EXPECT_EQ(flop_model(*model).per_pair, 12 * 2 * 4 * 8);
    ASSERT_TRUE(model->add_lora({.rank = 2, .dropout = 0}, 3));
    EXPECT_EQ(flop_model(*model).per_token,
              4 * all + 6 * static_cast<double>(model->num_trainable()));
}

TEST(MatmulPeak, IsMeasuredOnceAndThenRead)
{
    const lyceum::test::TemporaryFolder workspace;
    const auto first = matmul_peak(workspace.path());
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_GT(first.value(), 1e8);
    EXPECT_EQ(matmul_peak(workspace.path()).value(), first.value());
}

TEST(ThroughputMonitor, LogsTheShareOfThePeak)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.callbacks.throughput.reset(); // its place is taken by one that knows a peak
    TinyRun run(workspace.path(), config);
    run.more.push_back(std::make_unique<ThroughputMonitor>(FlopModel{1e3, 10}, 1e9));
    ASSERT_TRUE(run.fit());
    const auto shares = logged(run, "mfu");
    EXPECT_EQ(shares.size(), run.reports.size());
    const double operations = 1e3 * static_cast<double>(run.reports[0].num_tokens); // and pairs
    EXPECT_GT(shares[0] * 1e9 * run.reports[0].seconds, operations);
    EXPECT_FALSE(logged(run, "samples_per_second").empty());
}

TEST(Monitors, EachCanBeSwitchedOff)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.callbacks.learning_rate_monitor.reset();
    config.callbacks.gradient_norm.reset();
    config.callbacks.memory.reset();
    config.callbacks.throughput.reset();
    TinyRun run(workspace.path(), config);
    ASSERT_TRUE(run.fit());
    for (const auto* name : {"learning_rate", "gradient_norm", "memory_bytes", "tokens_per_second"})
        EXPECT_TRUE(logged(run, name).empty()) << name;
    EXPECT_FALSE(logged(run, "train_loss").empty());
}

TEST(TimeLimit, StopsAndSavesAndCountsTheTimeBeforeAResume)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.trainer.max_epochs = -1;
    config.trainer.max_steps = 1'000'000;
    config.trainer.val_check_interval = 1'000'000;
    config.checkpoint.every_n_steps = 0;
    config.trainer.max_time = "00:00:00:01";
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result.value().stop, StopReason::TimeLimit);
    EXPECT_GT(result.value().step, 0);
    EXPECT_TRUE(has_event(run, "warning", "trainer.max_time = 00:00:00:01"));
    const auto index = models::read_checkpoint_index(run.folder()).value();
    TinyRun again(workspace.path(), config);
    const auto more = again.fit(run.folder() / "checkpoints" / *index.last);
    ASSERT_TRUE(more) << more.error().message;
    EXPECT_EQ(more.value().step, result.value().step) << "its time was up before";
}

TEST(DiskGuard, LeavesScheduledCheckpointsOutWhileTheDiskIsNearlyFull)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = test::tiny_config();
    config.checkpoint.every_n_steps = 1;
    config.checkpoint.save_on_validation = false;
    config.checkpoint.save_top_k = 100;
    config.trainer.max_steps = 8;
    TinyRun run(workspace.path(), config);
    std::int64_t step = 0;
    run.probe.after_step = [&](Trainer& trainer) { step = trainer.progress().step; };
    run.more.push_back(std::make_unique<DiskGuard>(
        std::uint64_t{1} << 20, [&](const auto&) -> Result<std::uint64_t> {
            return step >= 3 && step <= 5 ? std::uint64_t{5} << 20 : std::uint64_t{1} << 40;
        }));
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_TRUE(has_event(run, "fault", "nearly full: 5.0 MiB"));
    EXPECT_TRUE(has_event(run, "fault", "checkpoint 2 is the last"));
    EXPECT_TRUE(has_event(run, "warning", "space on the disk again"));
    std::set<std::int64_t> saved;
    for (const auto& one : taken(run.store->checkpoints(run.id)))
        saved.insert(one.step);
    EXPECT_EQ(saved, (std::set<std::int64_t>{1, 2, 6, 7, 8}));
}

} // namespace
} // namespace lyceum::train
