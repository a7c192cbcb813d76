#include "core/kernels/loops.h"

#include "core/kernels/vector_clones.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lyceum::kernels::loops {
namespace {

/// exp within 2 units in the last place, branch-free so that it vectorises (Cephes' expf: 2^n times
/// a polynomial).
[[gnu::always_inline]] inline float exponential(float x)
{
    constexpr float kLog2E = 1.44269504F;
    constexpr float kLn2High = 0.693359375F;
    constexpr float kLn2Low = -2.12194440e-4F;
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23: adding it rounds to an integer
    x = std::min(std::max(x, -87.0F), 88.0F);
    const float shifted = x * kLog2E + kRound;
    const float n = shifted - kRound;
    const float r = x - n * kLn2High - n * kLn2Low;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const std::int32_t exponent = (static_cast<std::int32_t>(n) + 127) << 23;
    return p * std::bit_cast<float>(exponent);
}

[[gnu::always_inline]] inline float sigmoid(float x)
{
    return 1.0F / (1.0F + exponential(-x));
}

} // namespace

LYCEUM_VECTOR_CLONES
void rms_norm(const float* x, const float* weight, float* y, float* rstd, std::int64_t begin,
              std::int64_t end, std::int64_t columns, float eps)
{
    for (std::int64_t row = begin; row < end; ++row) {
        const float* in = x + row * columns;
        float* out = y + row * columns;
        float squares = 0;
#pragma omp simd reduction(+ : squares)
        for (std::int64_t j = 0; j < columns; ++j)
            squares += in[j] * in[j];
        const float scale = 1.0F / std::sqrt(squares / static_cast<float>(columns) + eps);
        rstd[row] = scale;
#pragma omp simd
        for (std::int64_t j = 0; j < columns; ++j)
            out[j] = in[j] * scale * weight[j];
    }
}

LYCEUM_VECTOR_CLONES
void rms_norm_backward(const float* dy, const float* x, const float* weight, const float* rstd,
                       float* dx, float* weight_gradient, std::int64_t begin, std::int64_t end,
                       std::int64_t columns)
{
    for (std::int64_t row = begin; row < end; ++row) {
        const float* in = x + row * columns;
        const float* grad = dy + row * columns;
        float* out = dx + row * columns;
        const float scale = rstd[row];
        float dot = 0;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t j = 0; j < columns; ++j)
            dot += grad[j] * weight[j] * in[j];
        const float correction = dot * scale * scale * scale / static_cast<float>(columns);
#pragma omp simd
        for (std::int64_t j = 0; j < columns; ++j)
            out[j] = grad[j] * weight[j] * scale - in[j] * correction;
        if (weight_gradient != nullptr) {
#pragma omp simd
            for (std::int64_t j = 0; j < columns; ++j)
                weight_gradient[j] += grad[j] * in[j] * scale;
        }
    }
}

LYCEUM_VECTOR_CLONES
void swiglu(const float* gate, const float* up, float* out, std::int64_t begin, std::int64_t end)
{
#pragma omp simd
    for (std::int64_t i = begin; i < end; ++i)
        out[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

LYCEUM_VECTOR_CLONES
void swiglu_backward(const float* d_out, const float* gate, const float* up, float* d_gate,
                     float* d_up, std::int64_t begin, std::int64_t end)
{
#pragma omp simd
    for (std::int64_t i = begin; i < end; ++i) {
        const float s = sigmoid(gate[i]);
        const float silu = gate[i] * s;
        const float d = d_out[i];
        d_gate[i] = d * up[i] * (s + silu * (1.0F - s));
        d_up[i] = d * silu;
    }
}

LYCEUM_VECTOR_CLONES
void rotate(const float* x, float* y, const float* table, const std::int64_t* positions,
            std::int64_t begin, std::int64_t end, std::int64_t heads, std::int64_t dim,
            float direction)
{
    const std::int64_t half = dim / 2;
    for (std::int64_t row = begin; row < end; ++row) {
        const float* cosines = table + positions[row] * dim;
        const float* sines = cosines + half;
        for (std::int64_t head = 0; head < heads; ++head) {
            const float* in = x + (row * heads + head) * dim;
            float* out = y + (row * heads + head) * dim;
#pragma omp simd
            for (std::int64_t j = 0; j < half; ++j) {
                const float a = in[j];
                const float b = in[j + half];
                const float sine = sines[j] * direction;
                out[j] = a * cosines[j] - b * sine;
                out[j + half] = b * cosines[j] + a * sine;
            }
        }
    }
}

LYCEUM_VECTOR_CLONES
void matrix_vector(const float* weight, const float* x, float* out, std::int64_t begin,
                   std::int64_t end, std::int64_t columns)
{
    for (std::int64_t row = begin; row < end; ++row) {
        const float* w = weight + row * columns;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = 0; j < columns; ++j)
            sum += w[j] * x[j];
        out[row] = sum;
    }
}

LYCEUM_VECTOR_CLONES
void attend_one(const float* query, const float* keys, const float* values, float* out,
                float* scores, std::int64_t length, std::int64_t dim, float scale)
{
    float largest = -INFINITY;
    for (std::int64_t t = 0; t < length; ++t) {
        const float* key = keys + t * dim;
        float dot = 0;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t j = 0; j < dim; ++j)
            dot += query[j] * key[j];
        scores[t] = dot * scale;
        largest = std::max(largest, scores[t]);
    }
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t t = 0; t < length; ++t) {
        scores[t] = exponential(scores[t] - largest);
        sum += scores[t];
    }
    std::fill(out, out + dim, 0.0F);
    for (std::int64_t t = 0; t < length; ++t) {
        const float* value = values + t * dim;
        const float share = scores[t] / sum;
#pragma omp simd
        for (std::int64_t j = 0; j < dim; ++j)
            out[j] += share * value[j];
    }
}

} // namespace lyceum::kernels::loops
