#pragma once

/// @file
/// NF4 with double quantisation (Dettmers et al. 2023, arXiv:2305.14314): a matrix in 4 bits a
/// number. Each block of 64 numbers is scaled by its largest magnitude and rounded to one of 16
/// quantiles of the normal distribution; these scales, less their mean, are themselves kept in 8
/// bits, 256 of them to one float32 scale. Source to match: bitsandbytes, quantize_4bit with
/// compress_statistics, where each number goes to the nearest entry (its CPU code of version 0.50
/// looks up the 8-bit part in a rounded table, which is off by one entry near the middle of two).

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>

namespace lyceum::kernels {

/// A matrix [rows, columns], row by row. The tensors are never changed once made.
struct Nf4Matrix {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    at::Tensor codes; ///< uint8 [ceil(rows * columns / 2)], the first number in the high half.
    at::Tensor scale_codes;  ///< uint8 [blocks], of the scale of each 64 numbers.
    at::Tensor scale_scales; ///< float32 [ceil(blocks / 256)]
    float scale_offset = 0;  ///< The mean scale.

    [[nodiscard]] std::size_t num_bytes() const;
};

/// @param values [rows, columns] float32, contiguous, finite. The same on any number of threads but
/// for the last bit of the mean.
[[nodiscard]] Nf4Matrix quantize_nf4(const at::Tensor& values);

/// Rows [begin, end) as float32. @param out [end - begin, columns], contiguous.
void dequantize_nf4(const Nf4Matrix& matrix, std::int64_t begin, std::int64_t end,
                    const at::Tensor& out);

/// x [N, columns] times the matrix transposed, [N, rows]. Differentiable in x. No float32 copy of
/// the whole matrix is made, neither here nor in the backward.
[[nodiscard]] at::Tensor multiply(const at::Tensor& x, const Nf4Matrix& matrix);

/// Numbers that a block of for_each_block holds at most, unless one row has more: what stays in a
/// core's cache.
inline constexpr std::int64_t kNf4BlockNumbers = std::int64_t{1} << 18;

/// A buffer for for_each_block. @return [rows at a time, columns]
[[nodiscard]] at::Tensor nf4_buffer(const Nf4Matrix& matrix);

/// Calls with a few rows of the matrix at a time, dequantised: rows [first, first + block.size(0)).
/// The block is used again for the next ones.
template <typename Use>
void for_each_block(const Nf4Matrix& matrix, Use use)
{
    const at::Tensor buffer = nf4_buffer(matrix);
    for (std::int64_t first = 0; first < matrix.rows; first += buffer.size(0)) {
        const std::int64_t count = std::min(buffer.size(0), matrix.rows - first);
        const at::Tensor block = buffer.narrow(0, 0, count);
        dequantize_nf4(matrix, first, first + count, block);
        use(first, block);
    }
}

} // namespace lyceum::kernels
