#include "core/nn/linear.h"

#include "core/base/check.h"
#include "core/kernels/loops.h"
#include "core/models/model_package.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lyceum::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// Rows of a weight a task of the one-token product takes: large enough to hide the cost of a task.
constexpr std::int64_t kRowsPerTask = 64;

/// DoRA's lengths, as PEFT names them.
constexpr const char* kMagnitude = "lora_magnitude_vector";

/// The whole LoRA linear as one node: keeps x and x A^T only, and adds the low-rank part into the
/// product.
class LoraLinearFunction : public torch::autograd::Function<LoraLinearFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight,
                            const Variable& a, const Variable& b, double scale)
    {
        const at::Tensor low = at::mm(x, a.t()); // [N, rank]
        at::Tensor y = at::mm(x, weight.t());    // [N, out]
        y.addmm_(low, b.t(), 1.0, scale);
        context->save_for_backward({x, weight, a, b, low});
        context->saved_data["scale"] = scale;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const double scale = context->saved_data["scale"].toDouble();
        const at::Tensor dy = gradients[0];
        const at::Tensor d_low = at::mm(dy, saved[3]).mul_(scale); // [N, rank]
        const at::Tensor d_b = at::mm(dy.t(), saved[4]).mul_(scale);
        const at::Tensor d_a = at::mm(d_low.t(), saved[0]);
        at::Tensor d_x;
        if (context->needs_input_grad(0)) {
            d_x = at::mm(dy, saved[1]);
            d_x.addmm_(d_low, saved[2]);
        }
        const at::Tensor d_weight =
            context->needs_input_grad(1) ? at::mm(dy.t(), saved[0]) : at::Tensor();
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
        weight.is_contiguous() && weight.scalar_type() == at::kFloat)
        return project_one(x, weight);
    return at::mm(x, weight.t());
}

Weight::Weight(at::Tensor value) : weight(register_parameter("weight", std::move(value))) {}

Linear::Linear(at::Tensor value, at::Tensor bias_value, WeightLayout layout)
    : weight(register_parameter("weight", std::move(value)))
    , layout_(layout)
    , in_(weight.size(layout == WeightLayout::OutIn ? 1 : 0))
    , out_(weight.size(layout == WeightLayout::OutIn ? 0 : 1))
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
    if (!has_lora() && !is_quantized() && at::GradMode::is_enabled())
        return at::addmm(bias, x, matrix().t());
    const at::Tensor y = multiply(x);
    return at::GradMode::is_enabled() ? y + bias : y.add_(bias);
}

at::Tensor Linear::base_product(const at::Tensor& x) const
{
    return is_quantized() ? kernels::multiply(x, *quantized_) : project(x, matrix());
}

at::Tensor Linear::adapted_product(const at::Tensor& x) const
{
    const at::Tensor low = project(x, lora_a_->weight); // [N, rank]
    return base_product(x).add_(project(low, lora_b_->weight), scale_);
}

at::Tensor Linear::multiply(const at::Tensor& x)
{
    if (!has_lora())
        return base_product(x);
    if (magnitude_.defined())
        return multiply_dora(x);
    if (drops()) {
        const at::Tensor low = project(at::dropout(x, dropout_, true), lora_a_->weight);
        return base_product(x).add_(project(low, lora_b_->weight), scale_);
    }
    if (at::GradMode::is_enabled() && !is_quantized())
        return LoraLinearFunction::apply(x, matrix(), lora_a_->weight, lora_b_->weight, scale_);
    return adapted_product(x);
}

at::Tensor Linear::multiply_dora(const at::Tensor& x)
{
    const at::Tensor factor = magnitude_ / known_row_lengths(); // [out]
    if (!drops())
        return adapted_product(x) * factor;
    // As PEFT: what DoRA adds to the product sees the input with holes, the product the whole.
    const at::Tensor holed = at::dropout(x, dropout_, true);
    const at::Tensor added = project(project(holed, lora_a_->weight), lora_b_->weight) * scale_;
    return base_product(x) + base_product(holed) * (factor - 1.0) + added * factor;
}

at::Tensor Linear::row_lengths() const
{
    // An empty row has the length 0, and m / 0 would make its zeros no numbers.
    constexpr double kSmallest = 1e-30;
    const at::NoGradGuard no_grad;
    at::Tensor lengths = at::empty({out_}, lora_b_->weight.options().requires_grad(false));
    const auto measure = [&](std::int64_t first, const at::Tensor& rows) {
        const at::Tensor adapted = at::addmm(rows, lora_b_->weight.narrow(0, first, rows.size(0)),
                                             lora_a_->weight, 1.0, scale_);
        lengths.narrow(0, first, rows.size(0)).copy_(at::linalg_vector_norm(adapted, 2, {1}));
    };
    if (is_quantized()) {
        kernels::for_each_block(*quantized_, measure);
        return lengths.clamp_min_(kSmallest);
    }
    const at::Tensor base = matrix();
    const std::int64_t step = std::max<std::int64_t>(1, kernels::kNf4BlockNumbers / in_);
    for (std::int64_t first = 0; first < out_; first += step)
        measure(first, base.narrow(0, first, std::min(step, out_ - first)));
    return lengths.clamp_min_(kSmallest);
}

at::Tensor Linear::known_row_lengths()
{
    if (is_training() || at::GradMode::is_enabled()) {
        known_.reset();
        return row_lengths();
    }
    const auto version_a = static_cast<std::uint32_t>(lora_a_->weight._version());
    const auto version_b = static_cast<std::uint32_t>(lora_b_->weight._version());
    if (!known_ || known_->version_a != version_a || known_->version_b != version_b)
        known_ = {version_a, version_b, row_lengths()};
    return known_->lengths;
}

void Linear::quantize(const at::Tensor& values)
{
    LYCEUM_CHECK(values.sizes() == weight.sizes(), "the values are the weight's");
    const at::Tensor rows = layout_ == WeightLayout::OutIn ? values : values.t();
    quantized_ = kernels::quantize_nf4(rows.contiguous());
    weight = at::Tensor();
    parameters_.erase("weight");
}

void Linear::add_lora(const LoraOptions& options, const std::optional<at::Generator>& generator)
{
    const at::NoGradGuard no_grad;
    const double bound = 1.0 / std::sqrt(static_cast<double>(in_));
    at::Tensor a = at::empty({options.rank, in_}, at::kFloat);
    if (generator)
        a.uniform_(-bound, bound, *generator);
    lora_a_ = register_module("lora_A", std::make_shared<Weight>(a));
    lora_b_ = register_module("lora_B", std::make_shared<Weight>(at::zeros({out_, options.rank})));
    if (options.use_dora)
        magnitude_ = register_parameter(kMagnitude, at::ones({out_}));
    scale_ = models::lora_scale(options.rank, options.alpha, options.use_rslora);
    dropout_ = options.dropout;
    if (!is_quantized())
        weight.set_requires_grad(false);
}

void Linear::start_dora()
{
    if (!magnitude_.defined())
        return;
    const at::NoGradGuard no_grad;
    magnitude_.copy_(row_lengths());
}

void Linear::merge_lora()
{
    if (!has_lora())
        return;
    LYCEUM_CHECK(!is_quantized(), "an adapter is merged into the weights of full precision");
    const at::NoGradGuard no_grad;
    const at::Tensor lengths = magnitude_.defined() ? row_lengths() : at::Tensor();
    const at::Tensor base = matrix();
    base.addmm_(lora_b_->weight, lora_a_->weight, 1.0, scale_);
    if (magnitude_.defined()) {
        base.mul_((magnitude_ / lengths).unsqueeze(1));
        parameters_.erase(kMagnitude);
        magnitude_ = at::Tensor();
    }
    unregister_module("lora_A");
    unregister_module("lora_B");
    lora_a_.reset();
    lora_b_.reset();
}

} // namespace lyceum::nn
