#include "core/runtime/autocast.h"
#include "core/task/chunked_cross_entropy.h"
#include "tests/support/counting_allocator.h"

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

/// The most memory a step of the loss takes, above its inputs.
template <typename Loss>
std::int64_t peak_of(std::int64_t rows, const Loss& loss)
{
    constexpr std::int64_t kVocabulary = 4096, kHidden = 8;
    const auto hidden = torch::randn({rows, kHidden}).requires_grad_();
    const auto weight = torch::randn({kVocabulary, kHidden}).requires_grad_();
    const auto targets = torch::randint(kVocabulary, {rows}, at::kLong);
    return test::counting_allocator().peak_of([&] { loss(hidden, weight, targets).backward(); });
}

TEST(ChunkedCrossEntropy, PeakMemoryGrowsByTheChunkNotByTheBatch)
{
    constexpr std::int64_t kChunkBytes = kCrossEntropyChunk * 4096 * 4; // of logits
    const auto few = peak_of(2 * kCrossEntropyChunk, chunked_cross_entropy);
    const auto many = peak_of(16 * kCrossEntropyChunk, chunked_cross_entropy);
    EXPECT_GT(few, kChunkBytes) << "the allocator counts";
    EXPECT_LT(many - few, kChunkBytes / 4) << "14 chunks more";
    const auto plain = peak_of(16 * kCrossEntropyChunk, plain_cross_entropy);
    EXPECT_GT(plain, 16 * kChunkBytes) << "what it spares";
}

TEST(ChunkedCrossEntropy, UnderAutocastTakesTheGradientsInTheWeightsType)
{
    auto chunked = make_inputs(), plain = make_inputs();
    for (auto* inputs : {&chunked, &plain}) {
        inputs->hidden = inputs->hidden.detach().to(at::kFloat).requires_grad_();
        inputs->weight = inputs->weight.detach().to(at::kFloat).requires_grad_();
    }
    at::Tensor loss;
    {
        const runtime::AutocastScope autocast(at::kBFloat16);
        loss = chunked_cross_entropy(chunked.hidden, chunked.weight, chunked.targets);
    }
    loss.backward();
    const auto expected = plain_cross_entropy(plain.hidden, plain.weight, plain.targets);
    expected.backward();
    EXPECT_EQ(loss.scalar_type(), at::kFloat);
    EXPECT_NE(loss.item<float>(), expected.item<float>()) << "products were bfloat16";
    EXPECT_NEAR(loss.item<float>() / expected.item<float>(), 1.0, 1e-3);
    const auto relative = [](const at::Tensor& a, const at::Tensor& b) {
        return ((a - b).norm() / b.norm()).item<double>();
    };
    EXPECT_EQ(chunked.weight.grad().scalar_type(), at::kFloat);
    EXPECT_LT(relative(chunked.weight.grad(), plain.weight.grad()), 0.01);
    EXPECT_LT(relative(chunked.hidden.grad(), plain.hidden.grad()), 0.01);
}

} // namespace
} // namespace lyceum::task
