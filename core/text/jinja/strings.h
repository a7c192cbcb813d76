#pragma once

/// @file
/// What filters and methods share about strings.

#include "core/base/result.h"
#include "core/text/jinja/value.h"

#include <string>
#include <string_view>

namespace lyceum::text::jinja {

constexpr std::size_t kMaxMadeText = std::size_t{1} << 26U; ///< Bytes of one string.

/// Python's str.isspace for one character.
[[nodiscard]] bool is_python_space(char32_t point);

/// White space removed at the ends, or the characters of `characters`.
enum class StripEnds : std::uint8_t { Both, Left, Right };
[[nodiscard]] std::string strip(std::string_view text, StripEnds ends);
[[nodiscard]] std::string strip(std::string_view text, StripEnds ends, std::string_view characters);

/// Characters, not bytes.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// `name`: upper, lower, capitalize, title or swapcase, as Python's str has them.
/// @return Unsupported for the few characters whose upper case is several characters.
[[nodiscard]] Result<std::string> change_case(std::string_view name, std::string_view text);
/// Jinja's filter "title": after white space and one of -({[< a capital, the rest in lower case.
[[nodiscard]] Result<std::string> title_words(std::string_view text);
/// At most `limit` times; negative: all. An empty `from` is between all characters.
[[nodiscard]] Result<Value> replace_all(const std::string& text, const std::string& from,
                                        const std::string& to, std::int64_t limit = -1);
/// At most `limit` cuts, the last ones if `from_end`; negative: all.
[[nodiscard]] List split_text(std::string_view text, std::string_view separator, std::int64_t limit,
                              bool from_end = false);
/// The same at white space.
[[nodiscard]] List split_words(std::string_view text, std::int64_t limit = -1,
                               bool from_end = false);
/// At line breaks as Python's str.splitlines knows them.
[[nodiscard]] List split_lines(std::string_view text, bool keep_ends = false);
[[nodiscard]] Result<Value> join_texts(const List& list, std::string_view separator);

} // namespace lyceum::text::jinja
