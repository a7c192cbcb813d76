#include "core/optim/adafactor.h"

#include <algorithm>
#include <cmath>

namespace lyceum::optim {

namespace {

constexpr double kDecayRate = -0.8;
constexpr double kSmallestSquare = 1.0e-30;
constexpr double kSmallestScale = 1.0e-3;
constexpr double kLargestUpdate = 1.0; // root mean square

double root_mean_square(const at::Tensor& values)
{
    return values.norm().item<double>() / std::sqrt(static_cast<double>(values.numel()));
}

/// average = (1 - share) * average + share * value
void mix(at::Tensor& average, const at::Tensor& value, double share)
{
    average.mul_(1.0 - share).add_(value, share);
}

} // namespace

Adafactor::Adafactor(std::vector<ParameterGroup> groups, const AdafactorOptions& options)
    : OptimizerBase(std::move(groups)), options_(options)
{
    for (std::size_t i = 0; i < num_parameters(); ++i) {
        Variance variance;
        if (parameter(i).dim() > 1) {
            auto row = parameter(i).sizes().vec(), column = row;
            row.pop_back();
            column.erase(column.end() - 2);
            const auto options_of_state = parameter(i).options().requires_grad(false);
            variance.row = keep("row_var", i, torch::zeros(row, options_of_state));
            variance.column = keep("col_var", i, torch::zeros(column, options_of_state));
        } else {
            variance.whole = keep_zeros("variance", i);
        }
        variances_.push_back(std::move(variance));
    }
}

at::Tensor Adafactor::normalised(const at::Tensor& gradient, Variance& variance) const
{
    const double share = std::pow(static_cast<double>(num_steps()), kDecayRate);
    const auto squares = gradient.square().add_(kSmallestSquare);
    if (variance.whole.defined()) {
        mix(variance.whole, squares, share);
        return variance.whole.rsqrt().mul_(gradient);
    }
    mix(variance.row, squares.mean(-1), share);
    mix(variance.column, squares.mean(-2), share);
    const auto row = (variance.row / variance.row.mean(-1, true)).rsqrt_(); // [..., rows]
    return (gradient * row.unsqueeze(-1)).mul_(variance.column.rsqrt().unsqueeze(-2));
}

void Adafactor::update(const Update& update)
{
    for (const auto number : update.parameters) {
        const auto& values = parameter(number);
        double rate = update.learning_rate;
        if (options_.relative_step)
            rate = std::max(kSmallestScale, root_mean_square(values)) *
                   std::min(rate, 1.0 / std::sqrt(static_cast<double>(num_steps())));
        const auto direction = normalised(values.grad(), variances_[number]);
        const double excess = std::max(1.0, root_mean_square(direction) / kLargestUpdate);
        values.mul_(1.0 - update.learning_rate * update.weight_decay);
        values.add_(direction, -rate / excess);
    }
}

} // namespace lyceum::optim
