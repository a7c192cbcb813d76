#pragma once

/// @file
/// Grouped-query attention over packed rows and over a cache: causal, windowed or seeing both
/// sides, with rotary positions or without. N tokens, H heads, K key/value heads (H a multiple of
/// K), E = head_dim. q, k and v of one type: float32, bfloat16 and float16 (turned in float32,
/// attended in their type) or float64.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace lyceum::kernels {

/// Tokens [start, start + length) of N form one text; attention never leaves it.
struct Span {
    std::int64_t start = 0;
    std::int64_t length = 0;
};

struct AttentionShape {
    std::int64_t num_heads = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t head_dim = 0;
    bool is_causal = true;
    std::int64_t window =
        0;              ///< Causal only: tokens a token sees, itself included; 0: all before it.
    double scale = 0.0; ///< Of the scores; 0: 1 / sqrt(E).
};

/// Rotates q and k and attends within each span; differentiable in q, k and v.
/// @param q [N, H * E]; k, v [N, K * E]. @param table from RotaryTable, or undefined: nothing is
/// rotated; positions [N] int64.
/// @param spans disjoint. @return [N, H * E]; rows outside every span are zero.
[[nodiscard]] at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   const at::Tensor& table, const at::Tensor& positions,
                                   const std::vector<Span>& spans, const AttentionShape& shape);

/// The same with dropout of the attention's weights, in plain operations: the weights of a span
/// exist as a whole.
[[nodiscard]] at::Tensor attention_with_dropout(const at::Tensor& q, const at::Tensor& k,
                                                const at::Tensor& v, const at::Tensor& table,
                                                const at::Tensor& positions,
                                                const std::vector<Span>& spans,
                                                const AttentionShape& shape, double dropout);

/// What rows [past, past + count) of a text see of its first past + count tokens: a mask to be
/// added to the scores, [count, past + count]; undefined when a plain causal or no mask says it.
[[nodiscard]] at::Tensor attention_mask(std::int64_t past, std::int64_t count,
                                        const AttentionShape& shape);

/// One new token a row against that row's cache, which already holds the new token's key and value.
/// @param q [B, H * E], rotated; the arithmetic is float32. Causal shapes. @param keys, values
/// [slots, K, capacity, E] float32.
/// @param slots, lengths of each of the B rows: its place in the cache, and how many tokens it has
/// there.
[[nodiscard]] at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys,
                                          const at::Tensor& values,
                                          const std::vector<std::int64_t>& slots,
                                          const std::vector<std::int64_t>& lengths,
                                          const AttentionShape& shape);

namespace reference {
/// attention() in plain, differentiable ATen operations, with the whole T x T mask.
[[nodiscard]] at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   const at::Tensor& table, const at::Tensor& positions,
                                   const std::vector<Span>& spans, const AttentionShape& shape);
} // namespace reference

} // namespace lyceum::kernels
