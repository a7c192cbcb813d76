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
    /// Tokens [begin, end) with one beginning.
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    /// The longest at the beginning of `rest`; null if none. A file may bring a million tokens that
    /// begin alike: the search halves their number with each step.
    [[nodiscard]] const AddedToken* match_at(std::string_view rest) const;

    std::vector<AddedToken> tokens_; ///< By text; the first named among equals.
    std::array<Range, 256> by_first_byte_{};
};

} // namespace lyceum::text
