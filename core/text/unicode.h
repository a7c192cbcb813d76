#pragma once

/// @file
/// Classes of characters, lower case and normal forms, as Hugging Face's tokenizers knows them.

#include "core/text/aligned_text.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lyceum::text {

[[nodiscard]] bool is_whitespace(char32_t point) noexcept;
[[nodiscard]] bool is_numeric(char32_t point) noexcept;
[[nodiscard]] bool is_word(char32_t point) noexcept; ///< `\w`
[[nodiscard]] bool is_punctuation(char32_t point) noexcept;
[[nodiscard]] bool is_control(char32_t point) noexcept;         ///< Cleaned away for BERT.
[[nodiscard]] bool is_nonspacing_mark(char32_t point) noexcept; ///< An accent to BERT.
[[nodiscard]] bool is_combining_mark(char32_t point) noexcept;  ///< What StripAccents removes.
[[nodiscard]] bool is_chinese(char32_t point) noexcept;         ///< Set apart for BERT.
/// A number for the script, the same for Han, Hiragana and Katakana; 0 joins with any.
[[nodiscard]] int script_of(char32_t point) noexcept;

void lowercase(AlignedText& text);

enum class NormalForm : std::uint8_t { Nfd, Nfkd, Nfc, Nfkc };

/// Brings `text` into a normal form of Unicode (UAX #15). Characters that the reference's tables do
/// not have stay as they are.
void normalize(AlignedText& text, NormalForm form);

/// Bytes of the first extended grapheme cluster of `text`, which is not empty (UAX #29).
[[nodiscard]] std::size_t first_grapheme(std::string_view text) noexcept;

} // namespace lyceum::text
