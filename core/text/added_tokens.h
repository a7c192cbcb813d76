#pragma once

#include "core/text/function_ref.h"
#include "core/text/tokenizer.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Finds added tokens in a text: leftmost, and the longest where several begin. Immutable.
class AddedTokenFinder {
public:
    AddedTokenFinder() = default;
    explicit AddedTokenFinder(std::span<const AddedToken> tokens);

    /// Cuts `text` at the added tokens, in order: calls `on_text` with the range of what is between
    /// them (never empty) and `on_token` for each. Special tokens are plain text unless
    /// `parse_special`.
    void split(std::string_view text, bool parse_special,
               FunctionRef<void(std::size_t begin, std::size_t end)> on_text,
               FunctionRef<void(TokenId id, std::size_t begin, std::size_t end)> on_token) const;

private:
    [[nodiscard]] const AddedToken* match_at(std::string_view rest) const;

    std::array<std::vector<AddedToken>, 256> by_first_byte_; ///< Longest first.
    bool empty_ = true;
};

} // namespace lyceum::text
