#include "core/optim/gradient_clipping.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lyceum::optim {
namespace {

TEST(GradientClipping, NormIsThatOfAllGradientsAsOneVector)
{
    const std::vector<at::Tensor> gradients = {torch::full({4}, 1.0), torch::full({2, 6}, -1.0)};
    EXPECT_DOUBLE_EQ(global_norm(gradients), 4.0);
    EXPECT_DOUBLE_EQ(global_norm({}), 0.0);
}

TEST(GradientClipping, EqualsLibTorchsOwn)
{
    torch::manual_seed(3);
    std::vector<at::Tensor> parameters, gradients;
    for (int i = 0; i < 3; ++i) {
        parameters.push_back(torch::zeros({5, 7}, torch::requires_grad()));
        parameters.back().mutable_grad() = torch::randn({5, 7});
        gradients.push_back(parameters.back().grad().clone());
    }
    const double reference = torch::nn::utils::clip_grad_norm_(parameters, 1.5);
    const double norm = global_norm(gradients);
    clip_to_norm(gradients, norm, 1.5);
    EXPECT_NEAR(norm, reference, 1e-5);
    for (std::size_t i = 0; i < gradients.size(); ++i)
        EXPECT_TRUE(torch::allclose(gradients[i], parameters[i].grad(), 1e-6));
}

TEST(GradientClipping, ByValueEqualsLibTorchsOwn)
{
    torch::manual_seed(3);
    auto parameter = torch::zeros({5, 7}, torch::requires_grad());
    parameter.mutable_grad() = torch::randn({5, 7});
    const auto gradient = parameter.grad().clone();
    torch::nn::utils::clip_grad_value_(parameter, 0.5);
    const double norm = gradient.norm().item<double>();
    const Clipping clipping{.limit = 0.5, .algorithm = config::ClipAlgorithm::Value};
    EXPECT_NEAR(clip({gradient}, clipping), norm, 1e-5);
    EXPECT_TRUE(torch::equal(gradient, parameter.grad()));
}

TEST(GradientClipping, WithoutALimitOnlyMeasures)
{
    const auto gradient = torch::full({4}, 8.0);
    EXPECT_DOUBLE_EQ(clip({gradient}, {}), 16.0);
    EXPECT_DOUBLE_EQ(clip({gradient}, {.algorithm = config::ClipAlgorithm::Value}), 16.0);
    EXPECT_TRUE(torch::equal(gradient, torch::full({4}, 8.0)));
}

TEST(GradientClipping, LeavesSmallAndBrokenGradientsAlone)
{
    const auto small = torch::full({4}, 0.1);
    clip_to_norm({small}, global_norm({small}), 1.0);
    EXPECT_TRUE(torch::equal(small, torch::full({4}, 0.1)));

    const auto broken = torch::tensor({1.0F, std::numeric_limits<float>::infinity()});
    clip_to_norm({broken}, global_norm({broken}), 1.0);
    EXPECT_FLOAT_EQ(broken[0].item<float>(), 1.0F);
}

} // namespace
} // namespace lyceum::optim
