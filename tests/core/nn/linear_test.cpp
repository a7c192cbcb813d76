#include "core/nn/linear.h"

#include <gtest/gtest.h>

namespace lyceum::nn {
namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b)
{
    return (a - b).abs().max().item<double>();
}

at::Tensor grad_of(const Linear& linear, const std::string& name)
{
    return linear.named_parameters()[name].grad();
}

TEST(Linear, OneTokenTakesAnotherWayToTheSameResult)
{
    at::manual_seed(1);
    Linear linear(at::randn({70, 33}));
    const at::Tensor x = at::randn({1, 33});
    const at::NoGradGuard no_grad;
    EXPECT_LT(largest_difference(linear.forward(x), at::mm(x, linear.weight.t())), 1e-5);
}

TEST(Linear, LoraGradientsEqualThoseOfPlainOperations)
{
    at::manual_seed(2);
    Linear linear(at::randn({24, 16}));
    linear.add_lora({.rank = 3, .alpha = 6.0}, at::make_generator<at::CPUGeneratorImpl>(5));
    const auto named = linear.named_parameters();
    const at::Tensor a = named["lora_A.weight"];
    const at::Tensor b = named["lora_B.weight"];
    {
        const at::NoGradGuard no_grad;
        b.normal_();
    }
    const at::Tensor x = at::randn({10, 16}).requires_grad_();
    const at::Tensor weights = at::randn({10, 24});
    (linear.forward(x) * weights).sum().backward();
    const at::Tensor grad_x = x.grad().clone();
    const at::Tensor grad_a = grad_of(linear, "lora_A.weight").clone();
    const at::Tensor grad_b = grad_of(linear, "lora_B.weight").clone();
    x.mutable_grad() = at::Tensor();
    a.mutable_grad() = at::Tensor();
    b.mutable_grad() = at::Tensor();
    const at::Tensor plain = at::linear(x, linear.weight) + 2.0 * at::linear(at::linear(x, a), b);
    (plain * weights).sum().backward();
    EXPECT_LT(largest_difference(grad_x, x.grad()), 1e-4);
    EXPECT_LT(largest_difference(grad_a, a.grad()), 1e-4);
    EXPECT_LT(largest_difference(grad_b, b.grad()), 1e-4);
}

TEST(Linear, DropoutActsOnTheLowRankPartAndOnlyInTraining)
{
    at::manual_seed(3);
    Linear linear(at::randn({24, 16}));
    linear.add_lora({.rank = 3, .alpha = 6.0, .dropout = 0.5},
                    at::make_generator<at::CPUGeneratorImpl>(5));
    {
        const at::NoGradGuard no_grad;
        linear.named_parameters()["lora_B.weight"].normal_();
    }
    const at::Tensor x = at::randn({10, 16});
    EXPECT_FALSE(at::equal(linear.forward(x), linear.forward(x)));
    linear.eval();
    EXPECT_TRUE(at::equal(linear.forward(x), linear.forward(x)));
}

TEST(Linear, TheSameSeedGivesTheSameLora)
{
    Linear first(at::zeros({24, 16}));
    Linear second(at::zeros({24, 16}));
    first.add_lora({.rank = 3}, at::make_generator<at::CPUGeneratorImpl>(5));
    second.add_lora({.rank = 3}, at::make_generator<at::CPUGeneratorImpl>(5));
    const at::Tensor a = first.named_parameters()["lora_A.weight"];
    EXPECT_TRUE(at::equal(a, second.named_parameters()["lora_A.weight"]));
    EXPECT_LE(a.abs().max().item<float>(), 0.25F);
    EXPECT_EQ(first.named_parameters()["lora_B.weight"].abs().sum().item<float>(), 0.0F);
}

} // namespace
} // namespace lyceum::nn
