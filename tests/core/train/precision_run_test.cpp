// Whole runs in every precision: curves, exact resume, skipped steps.
#include "tests/core/train/tiny_run.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace lyceum::train {
namespace {

using test::taken;
using test::TinyRun;

config::RunConfig config_in(const std::string& precision, const std::string& name = "run")
{
    auto config = test::tiny_config();
    config.name = name;
    config.trainer.precision = precision;
    config.checkpoint.save_top_k = -1;
    return config;
}

std::vector<double> losses_in(const std::string& precision)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = config_in(precision);
    config.trainer.max_epochs = 8;
    config.trainer.max_steps = 30;
    TinyRun run(workspace.path(), config);
    const auto result = run.fit();
    EXPECT_TRUE(result) << result.error().message;
    std::vector<double> losses;
    for (const auto& report : run.reports)
        losses.push_back(report.loss);
    EXPECT_EQ(losses.size(), 30U);
    EXPECT_TRUE(std::isfinite(result.value().val_loss.value()));
    return losses;
}

TEST(PrecisionRun, EveryCurveFollowsFloat32s)
{
    const auto expected = losses_in("32-true");
    EXPECT_EQ(losses_in("auto"), expected) << "on a processor";
    const std::vector<std::pair<std::string, double>> tolerances = {
        {"64-true", 1e-3}, {"bf16-mixed", 0.05}, {"bf16-true", 0.15}, {"16-mixed", 0.05}};
    for (const auto& [name, tolerance] : tolerances) {
        const auto losses = losses_in(name);
        double difference = 0;
        for (std::size_t i = 0; i < losses.size(); ++i)
            difference = std::max(difference, std::abs(losses[i] - expected[i]));
        EXPECT_LT(difference, tolerance) << name << ", nats";
        EXPECT_GT(difference, 0.0) << name;
    }
}

class PrecisionResume : public testing::TestWithParam<const char*> {};

TEST_P(PrecisionResume, EqualsTheUninterruptedRunBitForBit)
{
    for (const auto method : {config::Method::Full, config::Method::Lora}) {
        const lyceum::test::TemporaryFolder workspace;
        const auto config_named = [&](const char* name) {
            auto config = config_in(GetParam(), name);
            config.model.method = method;
            config.model.lora = {.rank = 2, .dropout = 0.25};
            return config;
        };
        TinyRun whole(workspace.path(), config_named("whole"));
        const auto expected = whole.fit();
        ASSERT_TRUE(expected) << expected.error().message;
        TinyRun resumed(workspace.path(), config_named("resumed"));
        const auto result = resumed.fit(whole.folder() / "checkpoints" / "step-000005");
        ASSERT_TRUE(result) << result.error().message;
        const auto left = resumed.model->named_parameters();
        const auto right = whole.model->named_parameters();
        for (const auto& item : left)
            EXPECT_TRUE(torch::equal(item.value(), right[item.key()])) << item.key();
        EXPECT_EQ(result.value().val_loss, expected.value().val_loss);
        EXPECT_EQ(taken(resumed.store->metrics(resumed.id, "skipped_steps")).size(),
                  std::string(GetParam()) == "16-mixed" ? resumed.reports.size() : 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(Modes, PrecisionResume,
                         testing::Values("64-true", "bf16-mixed", "bf16-true", "16-mixed"));

TEST(PrecisionRun, CountsAndShowsTheStepsThatOverflowed)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), config_in("16-mixed"));
    {
        const torch::NoGradGuard no_grad; // gradients some fifty times as large as usual
        run.model->named_parameters()["model.norm.weight"].fill_(50.0);
    }
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto skipped = static_cast<double>(std::ranges::count_if(
        run.reports, [](const StepReport& report) { return report.is_skipped; }));
    ASSERT_GT(skipped, 0);
    EXPECT_TRUE(run.reports.front().is_skipped);
    EXPECT_LT(skipped, static_cast<double>(run.reports.size())) << "a scale was found";
    EXPECT_EQ(taken(run.store->metrics(run.id, "skipped_steps")).back().value, skipped);
    EXPECT_EQ(taken(run.store->metrics(run.id, "loss_scale")).back().value,
              65536.0 * std::pow(0.5, skipped));
    std::vector<std::string> events;
    for (const auto& event : taken(run.store->events(run.id)))
        if (event.kind == "precision")
            events.push_back(event.text);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(skipped));
    EXPECT_THAT(events.front(), ::testing::HasSubstr("Step 1: Skipped"));
    for (const auto& parameter : run.model->parameters())
        EXPECT_TRUE(parameter.isfinite().all().item<bool>());
}

TEST(PrecisionRun, WarnsWhenItGoesOnInAnotherPrecision)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun first(workspace.path(), config_in("16-mixed", "first"));
    ASSERT_TRUE(first.fit());
    TinyRun second(workspace.path(), config_in("bf16-true", "second"));
    const auto result = second.fit(first.folder() / "checkpoints" / "step-000005");
    ASSERT_TRUE(result) << result.error().message;
    bool has_warned = false;
    for (const auto& event : taken(second.store->events(second.id)))
        has_warned = has_warned ||
                     (event.kind == "warning" && event.text.find("16-mixed") != std::string::npos);
    EXPECT_TRUE(has_warned);
}

TEST(PrecisionRun, ResumesBitForBitWithActivationCheckpointing)
{
    const lyceum::test::TemporaryFolder workspace;
    const auto config_named = [](const char* name) {
        auto config = config_in("32-true", name);
        config.model.method = config::Method::Lora;
        config.model.lora = {.rank = 2, .dropout = 0.25};
        return config;
    };
    TinyRun plain(workspace.path(), config_named("plain"));
    ASSERT_TRUE(plain.fit());
    TinyRun resumed(workspace.path(), config_named("resumed"));
    resumed.model->set_activation_checkpointing(1);
    ASSERT_TRUE(resumed.fit(plain.folder() / "checkpoints" / "step-000005"));
    for (const auto& item : resumed.model->named_parameters())
        EXPECT_TRUE(torch::equal(item.value(), plain.model->named_parameters()[item.key()]))
            << item.key();
}

} // namespace
} // namespace lyceum::train
