#include "core/nn/rotary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lyceum::nn {
namespace {

using models::Architecture;
using models::RopeScaling;

at::Tensor dynamic_frequencies(const Architecture& a, std::int64_t length)
{
    const auto dim = static_cast<double>(a.head_dim);
    const auto trained = static_cast<double>(a.max_position_embeddings);
    const double factor = a.rope_scaling.factor;
    const double seen = std::max(static_cast<double>(length), trained);
    const double base =
        a.rope_theta * std::pow(factor * seen / trained - (factor - 1.0), dim / (dim - 2.0));
    return kernels::rotary_frequencies(a.head_dim, base);
}

/// The dimension that turns `rotations` times within the original context.
double correction_dimension(double rotations, const Architecture& a)
{
    const auto original = static_cast<double>(a.rope_scaling.original_max_position_embeddings);
    return static_cast<double>(a.head_dim) *
           std::log(original / (rotations * 2.0 * std::numbers::pi)) /
           (2.0 * std::log(a.rope_theta));
}

/// Peng et al. 2023, arXiv:2309.00071, section 3.2.
at::Tensor yarn_frequencies(const Architecture& a)
{
    const RopeScaling& scaling = a.rope_scaling;
    double low = correction_dimension(scaling.beta_fast, a);
    double high = correction_dimension(scaling.beta_slow, a);
    if (scaling.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, static_cast<double>(a.head_dim - 1));
    if (low == high)
        high += 0.001; // no division by zero
    const at::Tensor ramp =
        ((at::arange(a.head_dim / 2, at::kFloat) - low) / (high - low)).clamp(0, 1);
    const at::Tensor kept = 1.0 - ramp;
    const at::Tensor plain = kernels::rotary_frequencies(a.head_dim, a.rope_theta);
    const at::Tensor stretched = at::reciprocal(at::reciprocal(plain) * scaling.factor);
    return stretched * (1.0 - kept) + plain * kept;
}

at::Tensor llama3_frequencies(const Architecture& a)
{
    const RopeScaling& scaling = a.rope_scaling;
    const auto original = static_cast<double>(scaling.original_max_position_embeddings);
    const double low = scaling.low_freq_factor;
    const double high = scaling.high_freq_factor;
    const at::Tensor plain = kernels::rotary_frequencies(a.head_dim, a.rope_theta);
    const at::Tensor wavelength = 2.0 * std::numbers::pi / plain;
    const at::Tensor is_long = wavelength > original / low;
    const at::Tensor is_short = wavelength < original / high;
    const at::Tensor frequencies = at::where(is_long, plain / scaling.factor, plain);
    const at::Tensor smooth = (original / wavelength - low) / (high - low);
    const at::Tensor between = (1.0 - smooth) * frequencies / scaling.factor + smooth * frequencies;
    return at::where(is_long.logical_or(is_short), frequencies, between);
}

} // namespace

at::Tensor scaled_frequencies(const Architecture& a, std::int64_t length)
{
    const at::NoGradGuard no_grad;
    const RopeScaling& scaling = a.rope_scaling;
    if (scaling.rope_type == "dynamic")
        return dynamic_frequencies(a, length);
    if (scaling.rope_type == "yarn")
        return yarn_frequencies(a);
    if (scaling.rope_type == "llama3")
        return llama3_frequencies(a);
    const at::Tensor plain = kernels::rotary_frequencies(a.head_dim, a.rope_theta);
    if (scaling.rope_type == "linear")
        return plain / scaling.factor;
    if (scaling.rope_type == "longrope")
        return plain / at::tensor(scaling.short_factor, at::kDouble).to(at::kFloat);
    return plain;
}

Rotary::Rotary(const Architecture& architecture)
    : architecture_(architecture)
    , table_(scaled_frequencies(architecture, architecture.max_position_embeddings),
             architecture.rope_scaling.attention_factor)
{
}

Rotary::Angles Rotary::angles(const at::Tensor& positions, const std::vector<kernels::Span>& texts)
{
    // Padding may carry any position; the table covers it as well.
    const std::int64_t longest = positions.max().item<std::int64_t>() + 1;
    const std::int64_t trained = architecture_.max_position_embeddings;
    if (architecture_.rope_scaling.rope_type != "dynamic" || longest <= trained)
        return {table_.upto(longest), positions};
    Angles own{table_.upto(longest), positions.clone()};
    std::vector<at::Tensor> tables = {own.table};
    std::int64_t size = own.table.size(0);
    for (const kernels::Span& text : texts) {
        const at::Tensor part = positions.narrow(0, text.start, text.length);
        const std::int64_t length = part.max().item<std::int64_t>() + 1;
        if (length <= trained)
            continue;
        tables.push_back(kernels::rotary_rows(part, scaled_frequencies(architecture_, length),
                                              architecture_.rope_scaling.attention_factor));
        own.positions.narrow(0, text.start, text.length)
            .copy_(at::arange(size, size + text.length));
        size += text.length;
    }
    own.table = at::cat(tables);
    return own;
}

} // namespace lyceum::nn
