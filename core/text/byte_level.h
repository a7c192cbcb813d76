#pragma once

/// @file
/// The byte-level alphabet: GPT-2's bytes_to_unicode, which gives each byte a printable character
/// (openai/gpt-2, src/encoder.py). Vocabularies and merges are written in it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Each byte as its character.
[[nodiscard]] std::string to_byte_alphabet(std::string_view bytes);

/// The same, behind what is in `token`.
void append_in_byte_alphabet(std::string_view bytes, std::string& token);

/// Appends to `bytes` what `token` stands for. @return false, with `bytes` as it was, when a
/// character of it is not in the alphabet.
[[nodiscard]] bool append_from_byte_alphabet(std::string_view token, std::string& bytes);

/// All 256 characters, by code point.
[[nodiscard]] std::vector<std::string> byte_alphabet();

} // namespace lyceum::text
