#pragma once

#include "core/optim/optimizer.h"

#include <torch/torch.h>

#include <cmath>
#include <functional>
#include <memory>

namespace lyceum::optim::test {

inline at::Tensor waves(std::int64_t count, double start, at::ScalarType dtype)
{
    auto values = torch::empty({count}, dtype);
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = std::sin(start + 0.7 * static_cast<double>(i));
    return values;
}

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(std::vector<ParameterGroup>)>;

struct RegressionSize {
    std::int64_t rows, columns, samples;
    at::ScalarType dtype = at::kFloat;
};

/// The linear regression of tests/reference/optim_reference.py.
class LinearRegression {
public:
    static constexpr RegressionSize kSmall{4, 6, 5, at::kDouble};
    static constexpr RegressionSize kLarge{64, 80, 8}; ///< Enough values for 8 bits.

    LinearRegression(const RegressionSize& size, const MakeOptimizer& make)
        : weight(waves(size.rows * size.columns, 0.1, size.dtype)
                     .reshape({size.rows, size.columns})
                     .requires_grad_())
        , bias(waves(size.rows, 0.2, size.dtype).requires_grad_())
        , x_(waves(size.samples * size.columns, 0.3, size.dtype)
                 .reshape({size.samples, size.columns}))
        , y_(waves(size.samples * size.rows, 0.4, size.dtype).reshape({size.samples, size.rows}))
        , optimizer(make({{.parameters = {{"weight", weight}},
                           .weight_decay = 0.1,
                           .is_hidden_matrices = true},
                          {.parameters = {{"bias", bias}}}}))
    {
    }

    void step(std::int64_t index, double rate)
    {
        optimizer->zero_gradients();
        (x_.mm(weight.t()) + bias - y_).pow(2).mean().backward();
        optimizer->step(rate * static_cast<double>(1 + index % 4));
    }

    void run(std::int64_t from, std::int64_t to, double rate)
    {
        for (auto index = from; index < to; ++index)
            step(index, rate);
    }

    at::Tensor weight;
    at::Tensor bias;

private:
    at::Tensor x_;
    at::Tensor y_;

public:
    std::unique_ptr<Optimizer> optimizer;
};

} // namespace lyceum::optim::test
