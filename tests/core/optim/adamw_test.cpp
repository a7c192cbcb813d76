#include "core/optim/adamw.h"
#include "core/optim/gradient_clipping.h"
#include "tests/core/optim/reference.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace lyceum::optim {
namespace {

at::Tensor waves(std::int64_t count, double start)
{
    auto values = torch::empty({count});
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = std::sin(start + 0.7 * static_cast<double>(i));
    return values;
}

/// The linear regression of the reference script.
struct Regression {
    at::Tensor weight = waves(12, 0.1).reshape({3, 4}).requires_grad_();
    at::Tensor bias = waves(3, 0.2).requires_grad_();
    at::Tensor x = waves(20, 0.3).reshape({5, 4});
    at::Tensor y = waves(15, 0.4).reshape({5, 3});
    AdamW optimizer{{{.parameters = {{"weight", weight}}, .weight_decay = 0.1},
                     {.parameters = {{"bias", bias}}}},
                    {.beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8}};

    double step(std::int64_t index)
    {
        optimizer.zero_gradients();
        (x.mm(weight.t()) + bias - y).pow(2).sum().backward();
        const auto gradients = optimizer.gradients();
        const double norm = global_norm(gradients);
        clip_to_norm(gradients, norm, 1.0);
        optimizer.step(0.01 * static_cast<double>(index + 1));
        return norm;
    }
};

TEST(AdamW, StepsWithClippingEqualPyTorchs)
{
    const auto reference = test::reference()["training"];
    Regression regression;
    for (std::int64_t step = 0; step < 6; ++step)
        EXPECT_NEAR(regression.step(step),
                    reference["norms"][static_cast<std::size_t>(step)].get<double>(), 2e-5);
    const auto weight = reference["weight"].get<std::vector<float>>();
    const auto bias = reference["bias"].get<std::vector<float>>();
    EXPECT_TRUE(torch::allclose(regression.weight.flatten(), torch::tensor(weight), 1e-5, 1e-6));
    EXPECT_TRUE(torch::allclose(regression.bias, torch::tensor(bias), 1e-5, 1e-6));
}

TEST(AdamW, GoesOnFromASavedStateBitForBit)
{
    Regression whole;
    for (std::int64_t step = 0; step < 5; ++step)
        whole.step(step);

    Regression first;
    for (std::int64_t step = 0; step < 3; ++step)
        first.step(step);
    Regression second;
    {
        const torch::NoGradGuard no_grad;
        second.weight.copy_(first.weight);
        second.bias.copy_(first.bias);
    }
    ASSERT_TRUE(second.optimizer.load_state(first.optimizer.state(), first.optimizer.num_steps()));
    for (std::int64_t step = 3; step < 5; ++step)
        second.step(step);

    EXPECT_TRUE(torch::equal(second.weight, whole.weight));
    EXPECT_TRUE(torch::equal(second.bias, whole.bias));
}

TEST(AdamW, RefusesAStateOfOtherParametersAndNamesThem)
{
    Regression regression;
    auto state = regression.optimizer.state();
    state.pop_back();
    const auto missing = regression.optimizer.load_state(state, 1);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("bias"), std::string::npos);

    state = regression.optimizer.state();
    state[0].tensor = torch::zeros({1});
    EXPECT_FALSE(regression.optimizer.load_state(state, 1));
}

TEST(AdamW, SkipsParametersWithoutGradient)
{
    Regression regression;
    regression.optimizer.zero_gradients();
    const auto before = regression.weight.clone();
    regression.optimizer.step(0.1);
    EXPECT_TRUE(torch::equal(regression.weight, before));
}

} // namespace
} // namespace lyceum::optim
