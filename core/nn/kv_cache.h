#pragma once

/// @file
/// KvCache: keys and values of the tokens so far, in slots that fill and empty independently.

#include "core/models/model_package.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace lyceum::nn {

/// Tokens that come new to a slot.
struct NewTokens {
    std::int64_t slot = 0;
    std::int64_t count = 0;
};

/// S slots of `capacity` tokens each. Memory is touched as tokens come, not before. Owned by one
/// generation.
class KvCache {
public:
    struct Layer {
        at::Tensor keys;   ///< [S, K, capacity, head_dim], rotated.
        at::Tensor values; ///< [S, K, capacity, head_dim]
    };

    KvCache(const models::Architecture& architecture, std::int64_t num_slots,
            std::int64_t capacity);

    [[nodiscard]] std::int64_t num_slots() const noexcept;
    [[nodiscard]] std::int64_t capacity() const noexcept { return capacity_; }
    /// Tokens a slot holds.
    [[nodiscard]] std::int64_t length(std::int64_t slot) const;
    /// Empties a slot for another text.
    void clear(std::int64_t slot);

    /// Bytes a token takes, all layers.
    [[nodiscard]] static std::uint64_t bytes_per_token(const models::Architecture& architecture);

    /// For the model only: where a layer's keys go, and counting them once all layers are done.
    [[nodiscard]] const Layer& layer(std::size_t index) const { return layers_[index]; }
    void advance(std::int64_t slot, std::int64_t num_tokens);

private:
    std::int64_t capacity_;
    std::vector<std::int64_t> lengths_;
    std::vector<Layer> layers_;
};

} // namespace lyceum::nn
