#include "core/nn/kv_cache.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

namespace lyceum::nn {

KvCache::KvCache(const models::Architecture& architecture, std::int64_t num_slots,
                 std::int64_t capacity)
    : capacity_(capacity), lengths_(static_cast<std::size_t>(num_slots), 0)
{
    for (std::int64_t i = 0; i < architecture.num_hidden_layers; ++i) {
        const std::vector<std::int64_t> shape = {num_slots, architecture.num_key_value_heads,
                                                 capacity, architecture.head_dim};
        layers_.push_back({at::empty(shape), at::empty(shape)});
    }
}

std::int64_t KvCache::num_slots() const noexcept
{
    return static_cast<std::int64_t>(lengths_.size());
}

std::int64_t KvCache::length(std::int64_t slot) const
{
    return lengths_.at(static_cast<std::size_t>(slot));
}

void KvCache::clear(std::int64_t slot)
{
    lengths_.at(static_cast<std::size_t>(slot)) = 0;
}

std::uint64_t KvCache::bytes_per_token(const models::Architecture& architecture)
{
    return static_cast<std::uint64_t>(2 * architecture.num_hidden_layers *
                                      architecture.num_key_value_heads * architecture.head_dim) *
           sizeof(float);
}

void KvCache::advance(std::int64_t slot, std::int64_t num_tokens)
{
    std::int64_t& length = lengths_.at(static_cast<std::size_t>(slot));
    LYCEUM_CHECK(length + num_tokens <= capacity_, "a slot of the cache is full");
    length += num_tokens;
}

} // namespace lyceum::nn
