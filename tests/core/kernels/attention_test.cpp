#include "core/kernels/attention.h"
#include "core/kernels/rotary.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lyceum::kernels {
namespace {

constexpr AttentionShape kShape{.num_heads = 6, .num_key_value_heads = 2, .head_dim = 16};

struct Inputs {
    at::Tensor q = at::randn({90, 96}).requires_grad_();
    at::Tensor k = at::randn({90, 32}).requires_grad_();
    at::Tensor v = at::randn({90, 32}).requires_grad_();
    std::vector<Span> spans = {
        {0, 70}, {72, 1}, {73, 10}}; // Rows 70, 71 and 83 onwards are padding.
    at::Tensor positions = at::zeros({90}, at::kLong);
    RotaryTable table{16, 10000.0};

    Inputs()
    {
        for (const Span& span : spans)
            positions.narrow(0, span.start, span.length).copy_(at::arange(span.length));
    }
};

TEST(Attention, EqualsThePlainOperationsWithGradients)
{
    at::manual_seed(3);
    Inputs in;
    const at::Tensor angles = in.table.upto(70);
    const at::Tensor ours = attention(in.q, in.k, in.v, angles, in.positions, in.spans, kShape);
    const at::Tensor theirs =
        reference::attention(in.q, in.k, in.v, angles, in.positions, in.spans, kShape);
    EXPECT_LT((ours - theirs).abs().max().item<float>(), 1e-5F);
    const at::Tensor direction = at::randn_like(ours);
    const std::vector<at::Tensor> inputs = {in.q, in.k, in.v};
    const auto our_gradients = torch::autograd::grad({(ours * direction).sum()}, inputs);
    const auto their_gradients = torch::autograd::grad({(theirs * direction).sum()}, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        EXPECT_LT((our_gradients[i] - their_gradients[i]).abs().max().item<float>(), 2e-5F) << i;
}

TEST(Attention, RowsOutsideEverySpanAreZero)
{
    Inputs in;
    const at::Tensor out =
        attention(in.q, in.k, in.v, in.table.upto(70), in.positions, in.spans, kShape);
    EXPECT_EQ(out.narrow(0, 70, 2).abs().sum().item<float>(), 0.0F);
    EXPECT_EQ(out.narrow(0, 83, 7).abs().sum().item<float>(), 0.0F);
}

TEST(CachedAttention, EqualsTheLastRowOfWholeAttention)
{
    at::manual_seed(4);
    Inputs in;
    const at::NoGradGuard no_grad;
    const at::Tensor angles = in.table.upto(70);
    const at::Tensor whole = attention(in.q, in.k, in.v, angles, in.positions, in.spans, kShape);
    at::Tensor keys = at::full({2, 2, 80, 16}, 1e30); // What is past the length must not be read.
    at::Tensor values = at::full({2, 2, 80, 16}, 1e30);
    const auto fill = [](const at::Tensor& memory, const at::Tensor& x) {
        memory[1].narrow(1, 0, 70).copy_(x.narrow(0, 0, 70).view({70, 2, 16}).transpose(0, 1));
    };
    fill(keys, rotate(in.k, angles, in.positions, 16));
    fill(values, in.v);
    const at::Tensor query = rotate(in.q, angles, in.positions, 16).narrow(0, 69, 1).contiguous();
    const at::Tensor one = cached_attention(query, keys, values, {1}, {70}, kShape);
    EXPECT_LT((one - whole.narrow(0, 69, 1)).abs().max().item<float>(), 1e-5F);
}

TEST(Rotate, InverseUndoesIt)
{
    Inputs in;
    const at::Tensor angles = in.table.upto(70);
    at::Tensor x = rotate(in.q.detach(), angles, in.positions, 16);
    EXPECT_GT((x - in.q).abs().max().item<float>(), 0.1F);
    rotate_in_place(x, angles, in.positions, 16, Direction::Inverse);
    EXPECT_LT((x - in.q).abs().max().item<float>(), 1e-5F);
}

} // namespace
} // namespace lyceum::kernels
