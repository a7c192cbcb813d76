#pragma once

#include "core/text/token_models/token_model.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace lyceum::text {

/// Remembers the tokens of short pieces, as the words of a text come again and again. Of one
/// thread, for all of its tokenizers; 1 MiB from the first use on, whatever the text.
class PieceCache {
public:
    static constexpr std::size_t kLongestPiece = 18; ///< bytes
    static constexpr std::size_t kMostTokens = 6;

    /// A piece and its tokens: one line of the processor's cache.
    struct alignas(64) Entry {
        std::uint64_t owner = 0; ///< 0: free.
        std::uint8_t size = 0;
        std::uint8_t num_tokens = 0;
        std::array<char, kLongestPiece> piece{};
        std::array<TokenId, kMostTokens> ids{};
        std::array<std::uint8_t, kMostTokens> begins{};
        std::array<std::uint8_t, kMostTokens> ends{};
    };

    /// The calling thread's.
    [[nodiscard]] static PieceCache& of_thread();

    /// What `owner`, a number other than 0, has kept of `piece`; null if nothing. Valid until the
    /// next keep().
    [[nodiscard]] const Entry* find(std::uint64_t owner, std::string_view piece) const noexcept;
    /// In place of what was at its slot; nothing for a piece that is too long.
    void keep(std::uint64_t owner, std::string_view piece,
              std::span<const ModelToken> tokens) noexcept;

private:
    static constexpr unsigned kSlotBits = 14;

    PieceCache() : entries_(std::make_unique<Entry[]>(std::size_t{1} << kSlotBits)) {}
    [[nodiscard]] Entry& entry_of(std::uint64_t owner, std::string_view piece) const noexcept;

    std::unique_ptr<Entry[]> entries_; ///< [2^kSlotBits]
};

} // namespace lyceum::text
