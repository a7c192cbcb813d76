#include "core/kernels/pointwise.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>

namespace lyceum::kernels {
namespace {

using Function = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

/// Value and every gradient of both functions, on the same inputs, relative to the largest number.
void expect_equal(const Function& fused, const Function& plain, std::vector<at::Tensor> inputs,
                  double tolerance)
{
    for (at::Tensor& input : inputs)
        input.requires_grad_();
    const at::Tensor ours = fused(inputs);
    const at::Tensor theirs = plain(inputs);
    const at::Tensor direction = at::randn_like(ours);
    const auto our_gradients = torch::autograd::grad({(ours * direction).sum()}, inputs);
    const auto their_gradients = torch::autograd::grad({(theirs * direction).sum()}, inputs);
    const auto relative = [](const at::Tensor& a, const at::Tensor& b) {
        return ((a - b).abs().max() / b.abs().max()).item<double>();
    };
    EXPECT_LT(relative(ours, theirs), tolerance);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        EXPECT_LT(relative(our_gradients[i], their_gradients[i]), tolerance) << "input " << i;
}

TEST(RmsNorm, EqualsThePlainOperationsWithGradients)
{
    at::manual_seed(1);
    expect_equal([](const auto& in) { return rms_norm(in[0], in[1], 1e-5); },
                 [](const auto& in) { return reference::rms_norm(in[0], in[1], 1e-5); },
                 {at::randn({37, 50}) * 3, at::randn({50})}, 2e-6);
}

TEST(Swiglu, EqualsThePlainOperationsWithGradients)
{
    at::manual_seed(2);
    expect_equal([](const auto& in) { return swiglu(in[0], in[1]); },
                 [](const auto& in) { return reference::swiglu(in[0], in[1]); },
                 {at::randn({37, 51}) * 10, at::randn({37, 51})}, 2e-6);
}

TEST(Swiglu, StaysFiniteForHugeGates)
{
    const at::Tensor gate = at::tensor(std::vector<float>{-1e30F, -200.0F, 0.0F, 200.0F, 1e30F});
    const at::Tensor ours = swiglu(gate, at::ones({5}));
    EXPECT_TRUE(ours.isfinite().all().item<bool>());
    EXPECT_FLOAT_EQ(ours[3].item<float>(), 200.0F);
    EXPECT_NEAR(ours[1].item<float>(), 0.0F, 1e-20);
}

} // namespace
} // namespace lyceum::kernels
