#include "core/kernels/nf4.h"

#include "core/base/check.h"
#include "core/kernels/nf4_loops.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <vector>

namespace lyceum::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr std::int64_t kBlocksPerTask = 256;

std::int64_t divide_up(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

/// Of blocks [begin, end).
std::vector<float> decode_scales(const Nf4Matrix& matrix, std::int64_t begin, std::int64_t end)
{
    const auto& book = nf4::scale_book();
    const auto* codes = matrix.scale_codes.const_data_ptr<std::uint8_t>();
    const auto* scales = matrix.scale_scales.const_data_ptr<float>();
    std::vector<float> result(static_cast<std::size_t>(end - begin));
    for (std::int64_t block = begin; block < end; ++block) {
        const float product = book[codes[block]] * scales[block / nf4::kScaleBlock];
        result[static_cast<std::size_t>(block - begin)] = product + matrix.scale_offset;
    }
    return result;
}

class Nf4Product : public torch::autograd::Function<Nf4Product> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Nf4Matrix& matrix)
    {
        context->saved_data["codes"] = matrix.codes;
        context->saved_data["scale_codes"] = matrix.scale_codes;
        context->saved_data["scale_scales"] = matrix.scale_scales;
        context->saved_data["scale_offset"] = static_cast<double>(matrix.scale_offset);
        context->saved_data["rows"] = matrix.rows;
        context->saved_data["columns"] = matrix.columns;
        at::Tensor y = at::empty({x.size(0), matrix.rows}, x.options()); // [N, rows]
        for_each_block(matrix, [&](std::int64_t first, const at::Tensor& block) {
            at::Tensor part = y.narrow(1, first, block.size(0));
            at::mm_out(part, x, block.t());
        });
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        auto& saved = context->saved_data;
        const Nf4Matrix matrix{.rows = saved["rows"].toInt(),
                               .columns = saved["columns"].toInt(),
                               .codes = saved["codes"].toTensor(),
                               .scale_codes = saved["scale_codes"].toTensor(),
                               .scale_scales = saved["scale_scales"].toTensor(),
                               .scale_offset =
                                   static_cast<float>(saved["scale_offset"].toDouble())};
        const at::Tensor& dy = gradients[0];
        at::Tensor dx = at::zeros({dy.size(0), matrix.columns}, dy.options()); // [N, columns]
        for_each_block(matrix, [&](std::int64_t first, const at::Tensor& block) {
            dx.addmm_(dy.narrow(1, first, block.size(0)), block);
        });
        return {dx, {}};
    }
};

} // namespace

std::size_t Nf4Matrix::num_bytes() const
{
    return codes.nbytes() + scale_codes.nbytes() + scale_scales.nbytes() + sizeof(scale_offset);
}

Nf4Matrix quantize_nf4(const at::Tensor& values)
{
    LYCEUM_CHECK(values.dim() == 2 && values.is_contiguous() && values.scalar_type() == at::kFloat,
                 "values are [rows, columns] float32");
    const at::NoGradGuard no_grad;
    const std::int64_t count = values.numel();
    const std::int64_t blocks = divide_up(count, nf4::kBlock);
    Nf4Matrix matrix{.rows = values.size(0),
                     .columns = values.size(1),
                     .codes = at::empty({divide_up(count, 2)}, at::kByte),
                     .scale_codes = at::empty({blocks}, at::kByte),
                     .scale_scales = at::empty({divide_up(blocks, nf4::kScaleBlock)}, at::kFloat)};
    const auto* in = values.const_data_ptr<float>();
    at::Tensor scales = at::empty({blocks}, at::kFloat);
    auto* scale = scales.mutable_data_ptr<float>();
    auto* codes = matrix.codes.mutable_data_ptr<std::uint8_t>();
    at::parallel_for(0, blocks, kBlocksPerTask, [&](std::int64_t begin, std::int64_t end) {
        nf4::largest_magnitudes(in, count, nf4::kBlock, scale, begin, end);
        nf4::encode(in, count, scale, codes, begin, end);
    });
    const at::Tensor mean = scales.mean();
    matrix.scale_offset = mean.item<float>();
    scales.sub_(mean);
    auto* scale_scale = matrix.scale_scales.mutable_data_ptr<float>();
    nf4::largest_magnitudes(scale, blocks, nf4::kScaleBlock, scale_scale, 0,
                            matrix.scale_scales.size(0));
    for (std::int64_t first = 0; first < blocks; first += nf4::kScaleBlock)
        nf4::encode_scales(scale + first, std::min(nf4::kScaleBlock, blocks - first),
                           scale_scale[first / nf4::kScaleBlock],
                           matrix.scale_codes.mutable_data_ptr<std::uint8_t>() + first);
    return matrix;
}

void dequantize_nf4(const Nf4Matrix& matrix, std::int64_t begin, std::int64_t end,
                    const at::Tensor& out)
{
    LYCEUM_CHECK(begin >= 0 && begin <= end && end <= matrix.rows && out.is_contiguous() &&
                     out.numel() == (end - begin) * matrix.columns,
                 "out is [end - begin, columns]");
    const auto* codes = matrix.codes.const_data_ptr<std::uint8_t>();
    auto* values = out.mutable_data_ptr<float>();
    const std::int64_t columns = matrix.columns;
    const std::int64_t rows_per_task =
        std::max<std::int64_t>(1, kBlocksPerTask * nf4::kBlock / columns);
    at::parallel_for(begin, end, rows_per_task, [&](std::int64_t first, std::int64_t last) {
        const std::vector<float> scales = decode_scales(matrix, first * columns / nf4::kBlock,
                                                        divide_up(last * columns, nf4::kBlock));
        nf4::decode(codes, scales.data(), values + (first - begin) * columns, first * columns,
                    last * columns);
    });
}

at::Tensor nf4_buffer(const Nf4Matrix& matrix)
{
    const std::int64_t rows = std::max<std::int64_t>(1, kNf4BlockNumbers / matrix.columns);
    return at::empty({std::min(rows, matrix.rows), matrix.columns}, at::kFloat);
}

at::Tensor multiply(const at::Tensor& x, const Nf4Matrix& matrix)
{
    return Nf4Product::apply(x, matrix);
}

} // namespace lyceum::kernels
