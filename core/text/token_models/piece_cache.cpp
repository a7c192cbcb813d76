#include "core/text/token_models/piece_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lyceum::text {
namespace {

template <typename Word>
std::uint64_t load(const char* bytes) noexcept
{
    Word word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// Not for keys that must not collide: the piece is compared, too.
std::uint64_t hash_of(std::uint64_t owner, std::string_view piece) noexcept
{
    constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15U; // 2^64 / golden ratio
    constexpr std::uint64_t kSecond = 0xC2B2AE3D27D4EB4FU;
    const char* begin = piece.data();
    const std::size_t size = piece.size();
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (size >= 8) {
        head =
            load<std::uint64_t>(begin) ^ std::rotl(load<std::uint64_t>(begin + size / 2 - 4), 23);
        tail = load<std::uint64_t>(begin + size - 8);
    } else if (size >= 4) {
        head = load<std::uint32_t>(begin);
        tail = load<std::uint32_t>(begin + size - 4);
    } else if (size > 0) {
        head = load<std::uint8_t>(begin) | load<std::uint8_t>(begin + size / 2) << 8U;
        tail = load<std::uint8_t>(begin + size - 1);
    }
    std::uint64_t hash = (head ^ owner) * kFirst;
    hash = (std::rotl(hash, 31) ^ tail ^ size) * kSecond;
    return hash ^ (hash >> 29U);
}

} // namespace

PieceCache& PieceCache::of_thread()
{
    thread_local PieceCache cache;
    return cache;
}

PieceCache::Entry& PieceCache::entry_of(std::uint64_t owner, std::string_view piece) const noexcept
{
    constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
    return entries_[(hash_of(owner, piece) * kMultiplier) >> (64U - kSlotBits)];
}

const PieceCache::Entry* PieceCache::find(std::uint64_t owner,
                                          std::string_view piece) const noexcept
{
    if (piece.size() > kLongestPiece)
        return nullptr;
    const Entry& entry = entry_of(owner, piece);
    const bool is_it = entry.owner == owner && entry.size == piece.size() &&
                       std::memcmp(entry.piece.data(), piece.data(), piece.size()) == 0;
    return is_it ? &entry : nullptr;
}

void PieceCache::keep(std::uint64_t owner, std::string_view piece,
                      std::span<const ModelToken> tokens) noexcept
{
    if (piece.size() > kLongestPiece || tokens.size() > kMostTokens)
        return;
    Entry& entry = entry_of(owner, piece);
    entry.owner = owner;
    entry.size = static_cast<std::uint8_t>(piece.size());
    entry.num_tokens = static_cast<std::uint8_t>(tokens.size());
    std::ranges::copy(piece, entry.piece.begin());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        entry.ids[i] = tokens[i].id;
        entry.begins[i] = static_cast<std::uint8_t>(tokens[i].begin);
        entry.ends[i] = static_cast<std::uint8_t>(tokens[i].end);
    }
}

} // namespace lyceum::text
