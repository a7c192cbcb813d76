#include "core/kernels/pointwise.h"

#include "core/kernels/loops.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <utility>

namespace lyceum::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr std::int64_t kRowsPerTask = 16;
constexpr std::int64_t kElementsPerTask = 16384;

/// Sums of the weight's gradient are made over this many fixed blocks of rows, whatever the number
/// of threads, so that a result depends on neither.
constexpr std::int64_t kGradientBlocks = 8;

/// The loops read float32: other types pass through it, and only they are kept for backward.
at::Tensor as_float(const at::Tensor& x)
{
    return x.to(at::kFloat).contiguous();
}

std::pair<at::Tensor, at::Tensor> rms_norm_forward(const at::Tensor& x, const at::Tensor& weight,
                                                   double eps)
{
    const std::int64_t columns = x.size(1);
    at::Tensor y = at::empty_like(x);
    at::Tensor rstd = at::empty({x.size(0)}, x.options());
    const float* in = x.const_data_ptr<float>();
    const float* scale = weight.const_data_ptr<float>();
    float* out = y.mutable_data_ptr<float>();
    float* inverse = rstd.mutable_data_ptr<float>();
    at::parallel_for(0, x.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        loops::rms_norm(in, scale, out, inverse, begin, end, columns, static_cast<float>(eps));
    });
    return {y, rstd};
}

class RmsNormFunction : public torch::autograd::Function<RmsNormFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight,
                            double eps)
    {
        auto [y, rstd] = rms_norm_forward(as_float(x), as_float(weight), eps);
        context->save_for_backward({x, weight, rstd});
        return y.to(x.scalar_type());
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor x = as_float(saved[0]);
        const at::Tensor weight = as_float(saved[1]);
        const at::Tensor dy = as_float(gradients[0]);
        const std::int64_t rows = x.size(0);
        const std::int64_t columns = x.size(1);
        at::Tensor dx = at::empty_like(x);
        const bool weight_learns = context->needs_input_grad(1);
        at::Tensor partial;
        if (weight_learns)
            partial = at::zeros({kGradientBlocks, columns}, x.options());
        const float* grad = dy.const_data_ptr<float>();
        const float* in = x.const_data_ptr<float>();
        const float* scale = weight.const_data_ptr<float>();
        const float* inverse = saved[2].const_data_ptr<float>();
        float* out = dx.mutable_data_ptr<float>();
        float* sums = weight_learns ? partial.mutable_data_ptr<float>() : nullptr;
        at::parallel_for(0, kGradientBlocks, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t block = first; block < last; ++block)
                loops::rms_norm_backward(grad, in, scale, inverse, out,
                                         sums != nullptr ? sums + block * columns : nullptr,
                                         rows * block / kGradientBlocks,
                                         rows * (block + 1) / kGradientBlocks, columns);
        });
        return {dx.to(saved[0].scalar_type()),
                weight_learns ? partial.sum(0).to(saved[1].scalar_type()) : at::Tensor(),
                {}};
    }
};

class SwigluFunction : public torch::autograd::Function<SwigluFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& gate, const Variable& up)
    {
        context->save_for_backward({gate, up});
        const at::Tensor gate_floats = as_float(gate);
        const at::Tensor up_floats = as_float(up);
        at::Tensor out = at::empty_like(gate_floats);
        const float* g = gate_floats.const_data_ptr<float>();
        const float* u = up_floats.const_data_ptr<float>();
        float* y = out.mutable_data_ptr<float>();
        at::parallel_for(
            0, gate.numel(), kElementsPerTask,
            [&](std::int64_t begin, std::int64_t end) { loops::swiglu(g, u, y, begin, end); });
        return out.to(gate.scalar_type());
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor dy = as_float(gradients[0]);
        const at::Tensor gate = as_float(saved[0]);
        const at::Tensor up = as_float(saved[1]);
        at::Tensor d_gate = at::empty_like(gate);
        at::Tensor d_up = at::empty_like(up);
        const float* d = dy.const_data_ptr<float>();
        const float* g = gate.const_data_ptr<float>();
        const float* u = up.const_data_ptr<float>();
        float* dg = d_gate.mutable_data_ptr<float>();
        float* du = d_up.mutable_data_ptr<float>();
        at::parallel_for(0, dy.numel(), kElementsPerTask,
                         [&](std::int64_t begin, std::int64_t end) {
                             loops::swiglu_backward(d, g, u, dg, du, begin, end);
                         });
        return {d_gate.to(saved[0].scalar_type()), d_up.to(saved[1].scalar_type())};
    }
};

} // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps)
{
    if (x.scalar_type() == at::kDouble)
        return reference::rms_norm(x, weight, eps);
    return RmsNormFunction::apply(x.contiguous(), weight, eps);
}

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up)
{
    if (gate.scalar_type() == at::kDouble)
        return reference::swiglu(gate, up);
    return SwigluFunction::apply(gate.contiguous(), up.contiguous());
}

namespace reference {

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps)
{
    return x * at::rsqrt(x.pow(2).mean(-1, true) + eps) * weight;
}

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up)
{
    return at::silu(gate) * up;
}

} // namespace reference
} // namespace lyceum::kernels
