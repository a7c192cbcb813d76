#pragma once

/// @file
/// Batch: what one micro-step reads. B rows of T tokens, N targets.

#include "core/data/encoding.h"
#include "core/loader/packing.h"
#include "core/nn/causal_lm.h"

#include <torch/torch.h>

#include <span>
#include <vector>

namespace lyceum::loader {

struct Batch {
    at::Tensor ids;                    ///< [B, T] int64; what no segment covers is padding.
    at::Tensor positions;              ///< [B, T] int64, from 0 in each segment.
    std::vector<nn::Segment> segments; ///< One a sample, in row order.
    at::Tensor predictors; ///< [N] int64: row * T + column of the token that predicts target n.
    at::Tensor targets;    ///< [N] int64 token ids.
    std::int64_t num_tokens = 0; ///< Without padding.

    [[nodiscard]] std::int64_t num_targets() const { return targets.numel(); }
};

enum class Layout : std::uint8_t {
    Padded,   ///< A row of the tensors a row, padded to the longest.
    Seamless, ///< All rows one after another in a single one (B = 1): no padding, the same loss.
};

/// Lays the samples of each row side by side. Without rows: one token and no target, so that a rank
/// without work still takes part in the collectives.
[[nodiscard]] Batch make_batch(const std::vector<data::EncodedSample>& samples,
                               std::span<const Row> rows, Layout layout);

} // namespace lyceum::loader
