#include "core/base/atomic_file.h"
#include "core/config/run_config.h"
#include "core/data/dataset.h"
#include "core/models/model_package.h"
#include "core/nn/causal_lm.h"
#include "core/store/run_store.h"
#include "core/train/evaluation.h"
#include "core/train/training_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace lyceum::train {
namespace {

/// What a run trains, and how exactly its checkpoint repeats its losses.
struct MethodCase {
    const char* name;
    config::Method method;
    bool use_rslora;
    bool use_dora;
    double tolerance; ///< QLoRA's checkpoint opens on the base of full precision.
};

void PrintTo(const MethodCase& which, std::ostream* out)
{
    *out << which.name;
}

/// A workspace with a tiny model and twelve records, and runs in it.
class MethodWorkspace {
public:
    MethodWorkspace()
    {
        lyceum::test::write_tiny_folder(folder_.path() / "models" / "tiny");
        std::ofstream records(folder_.path() / "records.jsonl");
        for (int i = 0; i < 12; ++i)
            records << R"({"prompt":"Add )" << i << R"( and 1.","completion":"It is )" << i + 1
                    << "\"}\n";
    }

    [[nodiscard]] config::RunConfig config(const std::string& name, const std::string& base) const
    {
        config::RunConfig config;
        config.name = name;
        config.model.base = base;
        config.model.lora = {.rank = 2, .alpha = 4.0, .dropout = 0.25};
        config.data.train = (folder_.path() / "records.jsonl").string();
        config.data.validation = "25%";
        config.data.max_length = 64;
        config.trainer.max_steps = 4;
        config.trainer.max_epochs = -1;
        config.trainer.val_check_interval = 2;
        config.optimizer.lr = 1e-2;
        config.optimizer.warmup_steps = 0;
        config.checkpoint.every_n_steps = 2;
        config.checkpoint.save_top_k = 5;
        return config;
    }

    /// @return the loss on the validation data, as training saw it.
    double run(const config::RunConfig& config, const std::filesystem::path& resume = {})
    {
        const auto folder = run_folder(config.name);
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "run.yaml") << config::to_yaml(config);
        auto store = store::RunStore::open(folder_.path());
        if (!store.value()->find_run(config.name)) {
            EXPECT_TRUE(store.value()->create_run({.name = config.name, .folder = folder}));
        }
        const auto outcome =
            run_training({.run_folder = folder, .workspace = folder_.path(), .resume = resume});
        EXPECT_TRUE(outcome) << outcome.error().message;
        return outcome ? outcome.value().summary["val_loss"].get<double>() : 0.0;
    }

    /// The loss of the model that `lyceum` opens by this name.
    double loss_of(const std::string& reference, const config::RunConfig& config, bool is_merged)
    {
        const auto package = models::open_model(reference, folder_.path());
        EXPECT_TRUE(package) << package.error().message;
        const auto model = nn::load_causal_lm(package.value());
        EXPECT_TRUE(model) << model.error().message;
        if (is_merged)
            model.value()->merge_lora();
        const auto records = data::load_training_data(config.data.train, config.data.validation,
                                                      config.seed, folder_.path());
        const auto result = evaluate_model(model.value(), package.value(),
                                           records.value().validation, {.max_new_tokens = 1});
        EXPECT_TRUE(result) << result.error().message;
        return result.value().loss.value();
    }

    [[nodiscard]] std::filesystem::path run_folder(const std::string& name) const
    {
        return models::run_dir(folder_.path(), name);
    }
    [[nodiscard]] std::filesystem::path step(const std::string& run, int number) const
    {
        return run_folder(run) / "checkpoints" / ("step-00000" + std::to_string(number));
    }
    [[nodiscard]] std::vector<std::string> warnings(const std::string& run) const
    {
        std::vector<std::string> texts;
        const auto store = store::RunStore::open(folder_.path());
        const auto events = store.value()->events(store.value()->find_run(run).value().id);
        for (const auto& event : events.value())
            if (event.kind == "warning")
                texts.push_back(event.text);
        return texts;
    }
    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

private:
    lyceum::test::TemporaryFolder folder_;
};

class AdapterMethod : public ::testing::TestWithParam<MethodCase> {
protected:
    [[nodiscard]] config::RunConfig config(const std::string& name, const std::string& base) const
    {
        auto config = workspace_.config(name, base);
        config.model.method = GetParam().method;
        config.model.lora.use_rslora = GetParam().use_rslora;
        config.model.lora.use_dora = GetParam().use_dora;
        return config;
    }
    MethodWorkspace workspace_;
};

TEST_P(AdapterMethod, ItsCheckpointOpensAsTheModelThatWasTrained)
{
    const auto settings = config("run", "tiny");
    const double trained = workspace_.run(settings);
    const auto package = models::open_model("run@4", workspace_.path());
    ASSERT_TRUE(package) << package.error().message;
    ASSERT_TRUE(package.value().adapter);
    EXPECT_EQ(package.value().adapter->use_rslora, GetParam().use_rslora);
    EXPECT_EQ(package.value().adapter->use_dora, GetParam().use_dora);
    EXPECT_NEAR(workspace_.loss_of("run@4", settings, false), trained, GetParam().tolerance);
    EXPECT_NEAR(workspace_.loss_of("run@4", settings, true), trained, GetParam().tolerance);
    const double untrained = workspace_.loss_of("tiny", settings, false);
    if (GetParam().method == config::Method::Qlora) {
        EXPECT_LT(workspace_.loss_of("run@4", settings, false), untrained)
            << "what was learnt on the rounded base holds on the exact one";
    } else {
        EXPECT_GT(std::abs(untrained - trained), 10 * GetParam().tolerance);
    }
}

TEST_P(AdapterMethod, ResumedIsUninterruptedBitForBit)
{
    const auto settings = config("run", "tiny");
    (void)workspace_.run(settings);
    const auto whole = read_file(workspace_.step("run", 4) / "adapter_model.safetensors").value();
    const auto moments = read_file(workspace_.step("run", 4) / "optimizer.safetensors").value();
    std::filesystem::remove_all(workspace_.step("run", 4));
    (void)workspace_.run(settings, workspace_.step("run", 2));
    EXPECT_EQ(read_file(workspace_.step("run", 4) / "adapter_model.safetensors").value(), whole);
    EXPECT_EQ(read_file(workspace_.step("run", 4) / "optimizer.safetensors").value(), moments);
}

TEST_P(AdapterMethod, GoesOnFromARunOfItsKindWithThatRunsAdapterMerged)
{
    (void)workspace_.run(config("first", "tiny"));
    const auto settings = config("second", "first@4");
    const double trained = workspace_.run(settings);
    EXPECT_NEAR(workspace_.loss_of("second@4", settings, false), trained, GetParam().tolerance);
    EXPECT_GT(std::abs(workspace_.loss_of("first@4", settings, false) - trained), 1e-3);
}

TEST_P(AdapterMethod, GoesThroughAFolderAndBackOnConv1dToo)
{
    auto base = workspace_.config("base", "none");
    base.model.method = config::Method::Full;
    base.model.family = "gpt2";
    base.model.config = R"({"n_embd": 32, "n_layer": 2, "n_head": 4})";
    (void)workspace_.run(base);
    const auto settings = config("run", "base@4");
    const double trained = workspace_.run(settings);
    const auto package = models::open_model("run@4", workspace_.path());
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_EQ(package.value().architecture.family, "gpt2");
    EXPECT_NEAR(workspace_.loss_of("run@4", settings, false), trained, GetParam().tolerance);
    EXPECT_NEAR(workspace_.loss_of("run@4", settings, true), trained, GetParam().tolerance);
    EXPECT_GT(std::abs(workspace_.loss_of("base@4", settings, false) - trained), 1e-3);
}

constexpr double kSums = 2e-5;    // in another order
constexpr double kFourBits = 0.1; // nats

INSTANTIATE_TEST_SUITE_P(
    Methods, AdapterMethod,
    ::testing::Values(MethodCase{"lora", config::Method::Lora, false, false, kSums},
                      MethodCase{"rslora", config::Method::Lora, true, false, kSums},
                      MethodCase{"dora", config::Method::Lora, false, true, kSums},
                      MethodCase{"qlora", config::Method::Qlora, false, false, kFourBits},
                      MethodCase{"qdora", config::Method::Qlora, false, true, kFourBits}),
    [](const auto& which) { return which.param.name; });

TEST(FullMethod, TrainsEveryWeightOfARunThatTrainedAnAdapter)
{
    MethodWorkspace workspace;
    (void)workspace.run(workspace.config("first", "tiny"));
    auto settings = workspace.config("second", "first@4");
    settings.model.method = config::Method::Full;
    const double trained = workspace.run(settings);
    EXPECT_NEAR(workspace.loss_of("second@4", settings, false), trained, kSums);
    const auto package = models::open_model("second@4", workspace.path());
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_FALSE(package.value().adapter);
}

TEST(MergeWarning, IsAnEventBeforeAnythingIsTrained)
{
    MethodWorkspace workspace;
    (void)workspace.run(workspace.config("first", "tiny"));
    (void)workspace.run(workspace.config("second", "first@4"));
    EXPECT_THAT(workspace.warnings("second"),
                ::testing::Contains(::testing::HasSubstr("The base model is the checkpoint")));
    EXPECT_THAT(workspace.warnings("first"),
                ::testing::Not(
                    ::testing::Contains(::testing::HasSubstr("The base model is the checkpoint"))));
}

} // namespace
} // namespace lyceum::train
