#include "core/nn/linear.h"

#include "core/kernels/loops.h"
#include "core/runtime/autocast.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <utility>

namespace lyceum::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// Rows of a weight a task of the one-token product takes: large enough to hide the cost of a task.
constexpr std::int64_t kRowsPerTask = 64;

/// x times the transpose of weight in a shorter type. Keeps the weight itself, not its short copy,
/// which would live until backward.
class CastProductFunction : public torch::autograd::Function<CastProductFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight,
                            at::ScalarType type)
    {
        const at::Tensor short_x = x.to(type);
        context->save_for_backward({short_x, weight});
        context->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        return at::mm(short_x, weight.to(type).t()); // [N, out]
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const auto x_type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        const at::Tensor& dy = gradients[0];
        variable_list result(3);
        if (context->needs_input_grad(0))
            result[0] = at::mm(dy, saved[1].to(dy.scalar_type())).to(x_type);
        if (context->needs_input_grad(1))
            result[1] = at::mm(dy.t(), saved[0]).to(saved[1].scalar_type());
        return result;
    }
};

/// The whole LoRA linear as one node: keeps x and x A^T only, and adds the low-rank part into the
/// product. Under autocast all of it runs in the shorter type, and x is kept in that.
class LoraLinearFunction : public torch::autograd::Function<LoraLinearFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight,
                            const Variable& a, const Variable& b, double scale)
    {
        const at::ScalarType type = runtime::autocast_type().value_or(x.scalar_type());
        const at::Tensor input = x.to(type);
        const at::Tensor low = at::mm(input, a.to(type).t()); // [N, rank]
        at::Tensor y = at::mm(input, weight.to(type).t());    // [N, out]
        y.addmm_(low, b.to(type).t(), 1.0, scale);
        context->save_for_backward({input, weight, a, b, low});
        context->saved_data["scale"] = scale;
        context->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const double scale = context->saved_data["scale"].toDouble();
        const auto x_type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        const at::Tensor dy = gradients[0];
        const auto in_type = [&dy](const at::Tensor& x) { return x.to(dy.scalar_type()); };
        const at::Tensor d_low = at::mm(dy, in_type(saved[3])).mul_(scale); // [N, rank]
        const at::Tensor d_b = at::mm(dy.t(), saved[4]).mul_(scale).to(saved[3].scalar_type());
        const at::Tensor d_a = at::mm(d_low.t(), saved[0]).to(saved[2].scalar_type());
        at::Tensor d_x;
        if (context->needs_input_grad(0)) {
            d_x = at::mm(dy, in_type(saved[1]));
            d_x.addmm_(d_low, in_type(saved[2]));
            d_x = d_x.to(x_type);
        }
        const at::Tensor d_weight = context->needs_input_grad(1)
                                        ? at::mm(dy.t(), saved[0]).to(saved[1].scalar_type())
                                        : at::Tensor();
        return {d_x, d_weight, d_a, d_b, {}};
    }
};

at::Tensor project_one(const at::Tensor& x, const at::Tensor& weight)
{
    at::Tensor out = at::empty({1, weight.size(0)}, x.options());
    const float* w = weight.const_data_ptr<float>();
    const float* in = x.const_data_ptr<float>();
    float* y = out.mutable_data_ptr<float>();
    const std::int64_t columns = weight.size(1);
    at::parallel_for(0, weight.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        kernels::loops::matrix_vector(w, in, y, begin, end, columns);
    });
    return out;
}

} // namespace

at::Tensor project(const at::Tensor& x, const at::Tensor& weight)
{
    if (x.size(0) == 1 && !at::GradMode::is_enabled() && x.is_contiguous() &&
        weight.is_contiguous() && weight.scalar_type() == at::kFloat &&
        x.scalar_type() == at::kFloat)
        return project_one(x, weight);
    if (const auto type = runtime::autocast_type())
        return CastProductFunction::apply(x, weight, *type);
    return at::mm(x, weight.t());
}

at::Tensor as_product_input(const at::Tensor& x)
{
    const auto type = runtime::autocast_type();
    return type ? x.to(*type) : x;
}

Weight::Weight(at::Tensor value) : weight(register_parameter("weight", std::move(value))) {}

Linear::Linear(at::Tensor value, at::Tensor bias_value, WeightLayout layout)
    : weight(register_parameter("weight", std::move(value))), layout_(layout)
{
    if (bias_value.defined())
        bias = register_parameter("bias", std::move(bias_value));
}

at::Tensor Linear::matrix() const
{
    return layout_ == WeightLayout::OutIn ? weight : weight.t();
}

at::Tensor Linear::forward(const at::Tensor& x)
{
    if (!bias.defined())
        return multiply(x);
    if (!has_lora() && at::GradMode::is_enabled())
        return at::addmm(bias, x, matrix().t());
    const at::Tensor y = multiply(x);
    return at::GradMode::is_enabled() ? y + bias.to(y.scalar_type()) : y.add_(bias);
}

at::Tensor Linear::multiply(const at::Tensor& x)
{
    if (!has_lora())
        return project(x, matrix());
    const bool drops = is_training() && dropout_ > 0.0;
    if (at::GradMode::is_enabled() && !drops)
        return LoraLinearFunction::apply(x, matrix(), lora_a_->weight, lora_b_->weight, scale_);
    const at::Tensor low_input = drops ? at::dropout(x, dropout_, true) : x;
    const at::Tensor low = project(low_input, lora_a_->weight); // [N, rank]
    return project(x, matrix()).add_(project(low, lora_b_->weight), scale_);
}

void Linear::add_lora(const LoraOptions& options, at::Generator generator)
{
    const at::NoGradGuard no_grad;
    const at::Tensor base = matrix(); // [out, in]
    const double bound = 1.0 / std::sqrt(static_cast<double>(base.size(1)));
    at::Tensor a = at::empty({options.rank, base.size(1)}, weight.options().requires_grad(false));
    a.uniform_(-bound, bound, std::move(generator));
    lora_a_ = register_module("lora_A", std::make_shared<Weight>(a));
    lora_b_ = register_module(
        "lora_B", std::make_shared<Weight>(at::zeros({base.size(0), options.rank}, a.options())));
    scale_ = options.alpha / options.rank;
    dropout_ = options.dropout;
    weight.set_requires_grad(false);
}

void Linear::merge_lora()
{
    if (!has_lora())
        return;
    const at::NoGradGuard no_grad;
    matrix().addmm_(lora_b_->weight, lora_a_->weight, 1.0, scale_);
    unregister_module("lora_A");
    unregister_module("lora_B");
    lora_a_.reset();
    lora_b_.reset();
}

} // namespace lyceum::nn
