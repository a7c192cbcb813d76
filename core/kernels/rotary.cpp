#include "core/kernels/rotary.h"

#include "core/base/check.h"
#include "core/kernels/loops.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <utility>

namespace lyceum::kernels {
namespace {

constexpr std::int64_t kRowsPerTask = 32;

void rotate_into(const at::Tensor& x, at::Tensor& y, const at::Tensor& table,
                 const at::Tensor& positions, std::int64_t head_dim, float direction)
{
    LYCEUM_CHECK(x.is_contiguous() && y.is_contiguous() && positions.is_contiguous(),
                 "rotate takes contiguous tensors");
    const std::int64_t heads = x.size(1) / head_dim;
    const float* in = x.const_data_ptr<float>();
    float* out = y.mutable_data_ptr<float>();
    const float* angles = table.const_data_ptr<float>();
    const std::int64_t* where = positions.const_data_ptr<std::int64_t>();
    at::parallel_for(0, x.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        loops::rotate(in, out, angles, where, begin, end, heads, head_dim, direction);
    });
}

} // namespace

at::Tensor rotary_frequencies(std::int64_t head_dim, double theta)
{
    LYCEUM_CHECK(head_dim % 2 == 0, "rotary embedding needs an even head_dim");
    const at::NoGradGuard no_grad;
    const at::Tensor exponents = at::arange(0, head_dim, 2, at::kFloat) / head_dim;
    return at::reciprocal(at::pow(theta, exponents)); // [head_dim / 2]
}

at::Tensor rotary_rows(const at::Tensor& positions, const at::Tensor& frequencies, double scale)
{
    const at::NoGradGuard no_grad;
    const at::Tensor angles = at::outer(positions.to(at::kFloat), frequencies);
    at::Tensor rows = at::stack({angles.cos(), angles.sin()}, 1).contiguous();
    return scale == 1.0 ? rows : rows.mul_(scale); // [T, 2, head_dim / 2]
}

RotaryTable::RotaryTable(std::int64_t head_dim, double theta)
    : RotaryTable(rotary_frequencies(head_dim, theta), 1.0)
{
}

RotaryTable::RotaryTable(at::Tensor frequencies, double scale)
    : frequencies_(std::move(frequencies)), scale_(scale)
{
}

const at::Tensor& RotaryTable::upto(std::int64_t num_positions)
{
    if (table_.defined() && table_.size(0) >= num_positions)
        return table_;
    std::int64_t size = 1024;
    while (size < num_positions)
        size *= 2;
    table_ = rotary_rows(at::arange(size, at::kFloat), frequencies_, scale_);
    return table_;
}

at::Tensor rotate(const at::Tensor& x, const at::Tensor& table, const at::Tensor& positions,
                  std::int64_t head_dim)
{
    const at::NoGradGuard no_grad;
    if (x.scalar_type() == at::kFloat) {
        at::Tensor y = at::empty_like(x);
        rotate_into(x, y, table, positions, head_dim, 1.0F);
        return y;
    }
    at::Tensor y = x.clone();
    rotate_in_place(y, table, positions, head_dim, Direction::Forward);
    return y;
}

void rotate_in_place(at::Tensor& x, const at::Tensor& table, const at::Tensor& positions,
                     std::int64_t head_dim, Direction direction)
{
    const float sign = direction == Direction::Forward ? 1.0F : -1.0F;
    if (x.scalar_type() == at::kDouble) {
        const at::Tensor sines = at::tensor({1.0, static_cast<double>(sign)}).view({1, 2, 1});
        x.copy_(reference::rotate(x, table * sines, positions, head_dim));
    } else if (x.scalar_type() == at::kFloat) {
        rotate_into(x, x, table, positions, head_dim, sign);
    } else {
        at::Tensor floats = x.to(at::kFloat);
        rotate_into(floats, floats, table, positions, head_dim, sign);
        x.copy_(floats);
    }
}

namespace reference {

at::Tensor rotate(const at::Tensor& x, const at::Tensor& table, const at::Tensor& positions,
                  std::int64_t head_dim)
{
    const at::Tensor heads = x.view({x.size(0), -1, head_dim}); // [N, H, head_dim]
    const at::Tensor angles = table.index_select(0, positions); // [N, 2, head_dim / 2]
    const at::Tensor cosines = at::cat({angles.select(1, 0), angles.select(1, 0)}, -1).unsqueeze(1);
    const at::Tensor sines = at::cat({angles.select(1, 1), angles.select(1, 1)}, -1).unsqueeze(1);
    const std::vector<at::Tensor> halves = heads.chunk(2, -1);
    const at::Tensor half_rotated = at::cat({-halves[1], halves[0]}, -1);
    return (heads * cosines + half_rotated * sines).reshape_as(x);
}

} // namespace reference
} // namespace lyceum::kernels
