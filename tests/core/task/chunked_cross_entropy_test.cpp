#include "core/task/chunked_cross_entropy.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lyceum::task {
namespace {

struct Inputs {
    at::Tensor hidden, weight, targets;
};

// More rows than two chunks, and not a multiple.
Inputs make_inputs(bool weight_learns = true)
{
    torch::manual_seed(4);
    const std::int64_t rows = 2 * kCrossEntropyChunk + 17;
    const auto options = torch::dtype(at::kDouble);
    return {torch::randn({rows, 8}, options).requires_grad_(),
            torch::randn({30, 8}, options).requires_grad_(weight_learns),
            torch::randint(30, {rows}, at::kLong)};
}

TEST(ChunkedCrossEntropy, EqualsThePlainLossAndItsGradients)
{
    auto chunked = make_inputs(), plain = make_inputs();
    const auto loss = chunked_cross_entropy(chunked.hidden, chunked.weight, chunked.targets);
    const auto expected = plain_cross_entropy(plain.hidden, plain.weight, plain.targets);
    EXPECT_NEAR(loss.item<double>(), expected.item<double>(), 1e-9);
    (loss / 7.0).backward();
    (expected / 7.0).backward();
    EXPECT_TRUE(torch::allclose(chunked.hidden.grad(), plain.hidden.grad(), 1e-10, 1e-12));
    EXPECT_TRUE(torch::allclose(chunked.weight.grad(), plain.weight.grad(), 1e-10, 1e-12));
}

TEST(ChunkedCrossEntropy, LeavesAFrozenHeadAlone)
{
    auto inputs = make_inputs(false), plain = make_inputs(false);
    chunked_cross_entropy(inputs.hidden, inputs.weight, inputs.targets).backward();
    plain_cross_entropy(plain.hidden, plain.weight, plain.targets).backward();
    EXPECT_FALSE(inputs.weight.grad().defined());
    EXPECT_TRUE(torch::allclose(inputs.hidden.grad(), plain.hidden.grad(), 1e-10, 1e-12));
}

TEST(ChunkedCrossEntropy, NeedsNoGraphWithoutGradients)
{
    auto inputs = make_inputs();
    const torch::NoGradGuard no_grad;
    const auto loss = chunked_cross_entropy(inputs.hidden, inputs.weight, inputs.targets);
    EXPECT_FALSE(loss.requires_grad());
    EXPECT_NEAR(loss.item<double>(),
                plain_cross_entropy(inputs.hidden, inputs.weight, inputs.targets).item<double>(),
                1e-9);
}

TEST(ChunkedCrossEntropy, IsZeroWithoutTargets)
{
    auto inputs = make_inputs();
    const auto loss = chunked_cross_entropy(inputs.hidden.narrow(0, 0, 0), inputs.weight,
                                            inputs.targets.narrow(0, 0, 0));
    EXPECT_EQ(loss.item<double>(), 0.0);
    loss.backward();
    EXPECT_EQ(inputs.weight.grad().abs().sum().item<double>(), 0.0);
}

} // namespace
} // namespace lyceum::task
