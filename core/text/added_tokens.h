#pragma once

#include "core/text/tokenizer.h"

#include <array>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Finds added tokens in a text: leftmost, and the longest where several begin. Immutable.
class AddedTokenFinder {
public:
    AddedTokenFinder() = default;
    explicit AddedTokenFinder(std::span<const AddedToken> tokens);

    /// Cuts `text` at the added tokens: calls `on_text` for what is between them (never empty) and
    /// `on_token` for each, in order. Special tokens are plain text unless `parse_special`.
    void split(std::string_view text, bool parse_special,
               const std::function<void(std::string_view)>& on_text,
               const std::function<void(TokenId)>& on_token) const;

private:
    [[nodiscard]] const AddedToken* match_at(std::string_view rest, bool parse_special) const;

    std::array<std::vector<AddedToken>, 256> by_first_byte_; ///< Longest first.
    bool empty_ = true;
};

} // namespace lyceum::text
