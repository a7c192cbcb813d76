#pragma once

/// @file
/// The inner loops, free of LibTorch, so that the compiler turns each into the widest vectors of
/// the machine it runs on. Rows are [begin, end) of a row-major matrix, so that the caller can
/// spread them over threads. Float32 only. D columns a row.

#include <cstdint>

namespace lyceum::kernels::loops {

/// y = x * rstd * weight, rstd[i] = 1 / sqrt(mean(x_i^2) + eps).
void rms_norm(const float* x, const float* weight, float* y, float* rstd, std::int64_t begin,
              std::int64_t end, std::int64_t columns, float eps);

/// dx of rms_norm; weight_gradient [D] is added to, or null.
void rms_norm_backward(const float* dy, const float* x, const float* weight, const float* rstd,
                       float* dx, float* weight_gradient, std::int64_t begin, std::int64_t end,
                       std::int64_t columns);

/// out = silu(gate) * up over elements [begin, end).
void swiglu(const float* gate, const float* up, float* out, std::int64_t begin, std::int64_t end);
void swiglu_backward(const float* d_out, const float* gate, const float* up, float* d_gate,
                     float* d_up, std::int64_t begin, std::int64_t end);

/// Rotates each head of rows [begin, end) of x [N, heads * dim]: the halves (a, b) become
/// (a cos - b sin, b cos + a sin). @param table [positions, 2, dim / 2]: cosines, then sines.
/// @param direction 1 forward, -1 the inverse (its transpose).
void rotate(const float* x, float* y, const float* table, const std::int64_t* positions,
            std::int64_t begin, std::int64_t end, std::int64_t heads, std::int64_t dim,
            float direction);

/// out[j] = dot(weight_j, x) for rows j of weight in [begin, end): a linear layer for one token.
void matrix_vector(const float* weight, const float* x, float* out, std::int64_t begin,
                   std::int64_t end, std::int64_t columns);

/// One query head against the keys and values of one head so far: softmax(q K^T * scale) V.
/// @param scores scratch of `length` floats.
void attend_one(const float* query, const float* keys, const float* values, float* out,
                float* scores, std::int64_t length, std::int64_t dim, float scale);

} // namespace lyceum::kernels::loops
