#include "core/optim/adafactor.h"
#include "core/optim/adamw.h"
#include "core/optim/lion.h"
#include "core/optim/make_optimizer.h"
#include "core/optim/muon.h"
#include "core/optim/sgd.h"
#include "tests/core/optim/reference.h"
#include "tests/core/optim/regression.h"

#include <gtest/gtest.h>

namespace lyceum::optim {
namespace {

using test::LinearRegression;

constexpr std::int64_t kSteps = 20;

template <typename Kind, typename Options>
test::MakeOptimizer maker(Options options)
{
    return [options](std::vector<ParameterGroup> groups) {
        return std::make_unique<Kind>(std::move(groups), options);
    };
}

double largest_difference(const at::Tensor& values, const nlohmann::json& expected)
{
    const auto reference = torch::tensor(expected.get<std::vector<double>>(), at::kDouble);
    return (values.flatten().to(at::kDouble) - reference).abs().max().item<double>();
}

void expect_equal(const char* name, const test::RegressionSize& size,
                  const test::MakeOptimizer& make, double rate, double tolerance)
{
    const auto reference = test::optimizer_reference()[name];
    LinearRegression regression(size, make);
    const auto before = regression.weight.detach().clone();
    regression.run(0, kSteps, rate);
    EXPECT_LT(largest_difference(regression.weight, reference["weight"]), tolerance) << name;
    EXPECT_LT(largest_difference(regression.bias, reference["bias"]), tolerance) << name;
    EXPECT_GT((regression.weight - before).abs().max().item<double>(), 0.05) << name;
}

TEST(Sgd, EqualsPyTorchs)
{
    const auto& small = LinearRegression::kSmall;
    expect_equal("sgd", small, maker<Sgd>(SgdOptions{}), 0.05, 1e-12);
    expect_equal("sgd_momentum", small, maker<Sgd>(SgdOptions{.momentum = 0.9}), 0.01, 1e-12);
    expect_equal("sgd_nesterov", small, maker<Sgd>(SgdOptions{.momentum = 0.9, .nesterov = true}),
                 0.01, 1e-12);
}

TEST(AdamW, EqualsPyTorchsInFloat64)
{
    expect_equal("adamw", LinearRegression::kSmall, maker<AdamW>(AdamWOptions{}), 0.01, 1e-7);
}

TEST(Lion, EqualsBitsandbytes)
{
    auto size = LinearRegression::kSmall;
    size.dtype = at::kFloat;
    expect_equal("lion", size, maker<Lion>(LionOptions{}), 0.01, 1e-6);
}

TEST(Adafactor, EqualsTransformers)
{
    expect_equal("adafactor", LinearRegression::kSmall, maker<Adafactor>(AdafactorOptions{}), 0.01,
                 1e-12);
}

TEST(Adafactor, EqualsPyTorchsWithRelativeSteps)
{
    expect_equal("adafactor_relative", LinearRegression::kSmall,
                 maker<Adafactor>(AdafactorOptions{.relative_step = true}), 0.1, 1e-12);
}

TEST(Adafactor, KeepsARowAndAColumnOfEachMatrix)
{
    const LinearRegression regression(LinearRegression::kSmall,
                                      maker<Adafactor>(AdafactorOptions{}));
    std::int64_t numbers = 0;
    for (const auto& [name, tensor] : regression.optimizer->state())
        numbers += tensor.numel();
    EXPECT_EQ(numbers, 4 + 6 + 4);
}

TEST(Muon, EqualsPyTorchsOnMatricesAndAdamWsOnTheRest)
{
    expect_equal("muon", LinearRegression::kSmall, maker<Muon>(MuonOptions{}), 0.01, 1e-7);
    // PyTorch orthogonalises in bfloat16, three digits: the way is the same, roughly.
    expect_equal("muon_bfloat16", LinearRegression::kSmall, maker<Muon>(MuonOptions{}), 0.01, 0.05);
}

TEST(Muon, OrthogonalisationEqualsPyTorchs)
{
    const auto reference = test::optimizer_reference();
    for (const auto& [name, rows, columns] :
         {std::tuple{"orthogonalised_wide", 3, 5}, {"orthogonalised_tall", 6, 4}}) {
        const auto matrix =
            (test::waves(rows * columns, 0.5, at::kDouble).square() - 0.3).reshape({rows, columns});
        const auto result = orthogonalised(matrix);
        EXPECT_EQ(result.sizes(), matrix.sizes());
        EXPECT_LT(largest_difference(result.contiguous(), reference[name]), 1e-12) << name;
    }
}

TEST(Muon, OrthogonalisationBringsEverySingularValueNearOne)
{
    torch::manual_seed(4);
    const auto singular = at::linalg_svdvals(orthogonalised(torch::randn({40, 24}, at::kDouble)));
    EXPECT_GT(singular.min().item<double>(), 0.6);
    EXPECT_LT(singular.max().item<double>(), 1.3);
}

TEST(Muon, OfZerosIsZeros)
{
    EXPECT_TRUE(torch::equal(orthogonalised(torch::zeros({3, 4})), torch::zeros({3, 4})));
}

config::OptimizerConfig config_of(const std::string& name,
                                  config::StateBits bits = config::StateBits::Bits32)
{
    config::OptimizerConfig config;
    config.name = name;
    config.state_bits = bits;
    return config;
}

/// Every optimizer that a configuration can name.
std::vector<config::OptimizerConfig> all_configs()
{
    auto without_momentum = config_of("sgd");
    without_momentum.momentum = 0.0;
    auto relative = config_of("adafactor");
    relative.relative_step = true;
    return {config_of("adamw"),     config_of("adamw", config::StateBits::Bits8),
            config_of("sgd"),       without_momentum,
            config_of("lion"),      config_of("lion", config::StateBits::Bits8),
            config_of("adafactor"), relative,
            config_of("muon")};
}

test::MakeOptimizer maker_of(const config::OptimizerConfig& config)
{
    return [config](std::vector<ParameterGroup> groups) {
        return make_optimizer(config, std::move(groups));
    };
}

TEST(MakeOptimizer, MakesWhatTheConfigurationNames)
{
    for (const auto& config : all_configs()) {
        const LinearRegression regression(LinearRegression::kLarge, maker_of(config));
        EXPECT_EQ(regression.optimizer->name(), config.name);
    }
}

TEST(EveryOptimizer, GoesOnFromASavedStateBitForBit)
{
    for (const auto& config : all_configs()) {
        LinearRegression whole(LinearRegression::kLarge, maker_of(config));
        whole.run(0, 9, 1e-3);
        LinearRegression first(LinearRegression::kLarge, maker_of(config));
        first.run(0, 5, 1e-3);
        LinearRegression second(LinearRegression::kLarge, maker_of(config));
        {
            const torch::NoGradGuard no_grad;
            second.weight.copy_(first.weight);
            second.bias.copy_(first.bias);
        }
        const auto loaded =
            second.optimizer->load_state(first.optimizer->state(), first.optimizer->num_steps());
        ASSERT_TRUE(loaded) << config.name << loaded.error().message;
        second.run(5, 9, 1e-3);
        EXPECT_TRUE(torch::equal(second.weight, whole.weight)) << config.name;
        EXPECT_TRUE(torch::equal(second.bias, whole.bias)) << config.name;
    }
}

TEST(EveryOptimizer, RefusesTheStateOfAnother)
{
    const auto configs = all_configs();
    for (std::size_t i = 0; i < configs.size(); ++i) {
        for (std::size_t j = 0; j < configs.size(); ++j) {
            const bool are_alike = i == j || (i >= 6 && i <= 7 && j >= 6 && j <= 7);
            const LinearRegression one(LinearRegression::kLarge, maker_of(configs[i]));
            const LinearRegression other(LinearRegression::kLarge, maker_of(configs[j]));
            const auto loaded = one.optimizer->load_state(other.optimizer->state(), 0);
            EXPECT_EQ(bool(loaded), are_alike) << i << " from " << j;
            if (!loaded) {
                EXPECT_NE(loaded.error().hint.find("optimizer"), std::string::npos);
            }
        }
    }
}

TEST(EveryOptimizer, LeavesParametersWithoutGradientAlone)
{
    for (const auto& config : all_configs()) {
        LinearRegression regression(LinearRegression::kLarge, maker_of(config));
        regression.optimizer->zero_gradients();
        const auto before = regression.weight.detach().clone();
        regression.optimizer->step(0.1);
        EXPECT_TRUE(torch::equal(regression.weight, before)) << config.name;
        EXPECT_TRUE(regression.optimizer->gradients().empty());
    }
}

TEST(EveryOptimizer, ScalesTheLearningRateByGroup)
{
    for (const auto& config : all_configs()) {
        const auto still = [&config](std::vector<ParameterGroup> groups) {
            groups[0].learning_rate_scale = 0.0;
            return make_optimizer(config, std::move(groups));
        };
        LinearRegression regression(LinearRegression::kLarge, still);
        const auto weight = regression.weight.detach().clone();
        const auto bias = regression.bias.detach().clone();
        regression.step(0, 1e-2);
        EXPECT_TRUE(torch::equal(regression.weight, weight)) << config.name;
        EXPECT_FALSE(torch::equal(regression.bias, bias)) << config.name;
    }
}

} // namespace
} // namespace lyceum::optim
