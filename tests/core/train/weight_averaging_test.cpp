#include "tests/core/train/tiny_run.h"

#include <cmath>

namespace lyceum::train {
namespace {

using test::TinyRun;

constexpr const char* kWeight = "model.norm.weight";

/// Sets the first four numbers of a weight to known values after every step, as
/// tests/reference/weight_averaging.py does.
class KnownWeights final : public Callback {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "known_weights"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override
    {
        const torch::NoGradGuard no_grad;
        LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
        for (const auto& [name, tensor] : parameters)
            for (std::int64_t i = 0; name == kWeight && i < 4; ++i)
                tensor[i].fill_(
                    std::sin(0.7 * static_cast<double>(report.step) + static_cast<double>(i)));
        return {};
    }
};

config::RunConfig averaging_config(const config::WeightAveragingConfig& averaging)
{
    auto config = test::tiny_config();
    config.trainer.max_epochs = -1;
    config.trainer.max_steps = 10;
    config.callbacks.weight_averaging = averaging;
    return config;
}

at::Tensor tensor_of(const std::vector<strategy::NamedTensor>& tensors, const std::string& name)
{
    for (const auto& one : tensors)
        if (one.name == name)
            return one.tensor;
    ADD_FAILURE() << "no tensor " << name;
    return {};
}

checkpoint::Checkpoint last_checkpoint(const TinyRun& run)
{
    return checkpoint::load_checkpoint(run.folder() / "checkpoints" / "step-000010").value();
}

void expect_average(const config::WeightAveragingConfig& averaging,
                    const std::vector<double>& expected)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), averaging_config(averaging));
    run.more.push_back(std::make_unique<KnownWeights>());
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto saved = tensor_of(last_checkpoint(run).model, kWeight);
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(saved[static_cast<std::int64_t>(i)].item<double>(), expected[i], 1e-6) << i;
}

// The exported model of a run with averaging would be another than PyTorch's.
TEST(WeightAveraging, MovingAverageIsThatOfPyTorch)
{
    expect_average({.decay = 0.9}, {0.21765421330928802, 0.440508633852005, 0.2583613991737366,
                                    -0.16132208704948425});
}

TEST(WeightAveraging, EverySecondStepIsThatOfPyTorch)
{
    expect_average({.decay = 0.5, .every_n_steps = 2}, {0.1442570686340332, 0.46610796451568604,
                                                        0.35942137241363525, -0.07771557569503784});
}

TEST(WeightAveraging, EqualAverageAfterItsStartIsThatOfPyTorch)
{
    expect_average(
        {.kind = config::AveragingKind::Swa, .start = 0.5},
        {-0.3622989356517792, 0.17880098521709442, 0.5555120706558228, 0.421487957239151});
}

TEST(WeightAveraging, SamplesSeeTheAverageAndTrainingGoesOnWithItsOwnWeights)
{
    const lyceum::test::TemporaryFolder workspace;
    auto config = averaging_config({.decay = 0.9});
    config.samples = {.prompts = {"a"}, .every_n_steps = 5};
    TinyRun run(workspace.path(), config);
    at::Tensor seen;
    run.predict = [&](nn::CausalLm& model, const std::string&,
                      const task::OnText&) -> Result<std::string> {
        seen = model.named_parameters()[kWeight].detach().clone();
        return std::string("answer");
    };
    const auto result = run.fit();
    ASSERT_TRUE(result) << result.error().message;
    const auto saved = last_checkpoint(run);
    const auto average = tensor_of(saved.model, kWeight);
    const auto current =
        tensor_of(saved.callbacks, std::string("weight_averaging.current.") + kWeight);
    EXPECT_TRUE(torch::equal(seen, average)) << "what people see is what is saved";
    EXPECT_TRUE(torch::equal(run.model->named_parameters()[kWeight], current));
    EXPECT_FALSE(torch::equal(average, current));
}

TEST(WeightAveraging, CanBeKeptOutOfTheModelThatIsSaved)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(),
                averaging_config({.decay = 0.9, .validate = false, .save = false}));
    ASSERT_TRUE(run.fit());
    const auto saved = last_checkpoint(run);
    EXPECT_TRUE(
        torch::equal(tensor_of(saved.model, kWeight), run.model->named_parameters()[kWeight]));
    EXPECT_FALSE(
        torch::equal(tensor_of(saved.callbacks, std::string("weight_averaging.average.") + kWeight),
                     run.model->named_parameters()[kWeight]));
}

TEST(WeightAveraging, RefusesACheckpointWhoseAverageIsOfAnotherShape)
{
    const lyceum::test::TemporaryFolder workspace;
    TinyRun run(workspace.path(), averaging_config({}));
    ASSERT_TRUE(run.fit());
    auto saved = last_checkpoint(run);
    for (auto& one : saved.callbacks)
        if (one.name.ends_with(kWeight))
            one.tensor = torch::zeros({3});
    saved.manifest.step = 7;
    ASSERT_TRUE(checkpoint::save_checkpoint(run.folder(), saved));
    TinyRun again(workspace.path(), averaging_config({}));
    const auto result = again.fit(run.folder() / "checkpoints" / "step-000007");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find(kWeight), std::string::npos) << result.error().message;
}

} // namespace
} // namespace lyceum::train
