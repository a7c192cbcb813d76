#include "core/optim/adamw.h"
#include "core/strategy/single_strategy.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lyceum::strategy {
namespace {

std::unique_ptr<optim::Optimizer> make_adamw(std::vector<NamedTensor> parameters)
{
    return std::make_unique<optim::AdamW>(
        std::vector<optim::ParameterGroup>{{.parameters = std::move(parameters)}},
        optim::AdamWOptions{});
}

class SingleStrategyTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        torch::manual_seed(2);
        layer_ = torch::nn::Linear(3, 2);
        x_ = torch::randn({4, 3});
    }

    MicroStep quarter_losses()
    {
        return [this](std::size_t i) -> Result<at::Tensor> {
            return layer_(x_[static_cast<std::int64_t>(i)]).pow(2).sum() / 4.0;
        };
    }

    torch::nn::Linear layer_{nullptr};
    at::Tensor x_;
    SingleStrategy strategy_;
};

TEST_F(SingleStrategyTest, MicroStepsAddUpToTheWholeBatch)
{
    ASSERT_TRUE(strategy_.setup(*layer_, make_adamw));
    const auto loss = strategy_.forward_backward(4, quarter_losses());
    ASSERT_TRUE(loss);
    const auto accumulated = layer_->weight.grad().clone();

    const auto whole = [this](std::size_t) -> Result<at::Tensor> {
        return layer_(x_).pow(2).sum() / 4.0;
    };
    const auto expected = strategy_.forward_backward(1, whole); // also forgets the gradient before
    ASSERT_TRUE(expected);
    EXPECT_NEAR(loss.value(), expected.value(), 1e-6);
    EXPECT_TRUE(torch::allclose(accumulated, layer_->weight.grad(), 1e-5, 1e-7));
}

TEST_F(SingleStrategyTest, MeasuresTheNormAndClipsOnlyWhenAsked)
{
    ASSERT_TRUE(strategy_.setup(*layer_, make_adamw));
    ASSERT_TRUE(strategy_.forward_backward(4, quarter_losses()));
    const auto norm = strategy_.clip_gradients({});
    ASSERT_TRUE(norm);
    ASSERT_TRUE(strategy_.clip_gradients({.limit = norm.value() / 2}));
    const auto after = strategy_.clip_gradients({});
    EXPECT_NEAR(after.value(), norm.value() / 2, 1e-4);
}

TEST_F(SingleStrategyTest, TrainsOnlyWhatRequiresAGradient)
{
    layer_->bias.set_requires_grad(false);
    ASSERT_TRUE(strategy_.setup(*layer_, make_adamw));
    const auto state = strategy_.model_state();
    ASSERT_TRUE(state);
    ASSERT_EQ(state.value().size(), 1U);
    EXPECT_EQ(state.value()[0].name, "weight");
}

TEST_F(SingleStrategyTest, RefusesAFrozenModelAndAForeignState)
{
    ASSERT_TRUE(strategy_.setup(*layer_, make_adamw));
    EXPECT_FALSE(strategy_.load_model_state({{"weight", torch::zeros({2, 3})}}));
    const auto wrong =
        strategy_.load_model_state({{"weight", torch::zeros({2, 4})}, {"bias", torch::zeros({2})}});
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("weight"), std::string::npos);

    for (auto& parameter : layer_->parameters())
        parameter.set_requires_grad(false);
    SingleStrategy other;
    EXPECT_FALSE(other.setup(*layer_, make_adamw));
}

TEST_F(SingleStrategyTest, PassesOnAMicroStepsErrorAndCatchesLibTorchs)
{
    ASSERT_TRUE(strategy_.setup(*layer_, make_adamw));
    const auto failed = strategy_.forward_backward(2, [](std::size_t) -> Result<at::Tensor> {
        return Error{ErrorCode::OutOfMemory, "no", ""};
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::OutOfMemory);
    EXPECT_FALSE(strategy_.forward_backward(1, [this](std::size_t) -> Result<at::Tensor> {
        return torch::mm(x_, x_); // shapes do not fit
    }));
}

TEST(MakeStrategy, KnowsItsNames)
{
    EXPECT_EQ(make_strategy("auto").value()->name(), "single");
    EXPECT_EQ(make_strategy("ddp").error().code, ErrorCode::Unsupported);
}

} // namespace
} // namespace lyceum::strategy
