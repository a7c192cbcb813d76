#pragma once

/// @file
/// UTF-8 by the letter of RFC 3629, with the replacement rule of WHATWG and Rust's from_utf8_lossy:
/// one U+FFFD for each maximal part of an ill-formed sequence.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lyceum::text {

enum class Utf8State : std::uint8_t {
    Valid,
    Invalid,
    Truncated, ///< Well formed so far, but the text ends within the character.
};

struct CodePoint {
    char32_t value = 0;     ///< U+FFFD unless Valid.
    std::size_t length = 0; ///< Bytes it takes; of an ill-formed one, its maximal part.
    Utf8State state = Utf8State::Valid;
};

/// As decode_utf8, where the byte at `offset` is not ASCII.
[[nodiscard]] CodePoint decode_utf8_sequence(std::string_view text, std::size_t offset) noexcept;

/// The code point at `offset`, which must be inside `text`.
[[nodiscard]] inline CodePoint decode_utf8(std::string_view text, std::size_t offset) noexcept
{
    const auto first = static_cast<std::uint8_t>(text[offset]);
    return first < 0x80 ? CodePoint{.value = first, .length = 1}
                        : decode_utf8_sequence(text, offset);
}

void append_utf8(std::string& text, char32_t code_point);

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// `bytes` with every ill-formed part replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

} // namespace lyceum::text
