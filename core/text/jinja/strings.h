#pragma once

/// @file
/// What filters and methods share about strings.

#include "core/base/result.h"
#include "core/text/jinja/value.h"

#include <string>
#include <string_view>

namespace lyceum::text::jinja {

constexpr std::size_t kMaxMadeText = std::size_t{1} << 26U; ///< Bytes of one string.

/// `name`: upper, lower, capitalize or title. @return Unsupported for letters beyond ASCII.
[[nodiscard]] Result<Value> change_case(std::string_view name, std::string_view text);
[[nodiscard]] Result<Value> replace_all(const std::string& text, const std::string& from,
                                        const std::string& to);
/// At most `limit` cuts; negative: all.
[[nodiscard]] List split_text(std::string_view text, std::string_view separator,
                              std::int64_t limit);
[[nodiscard]] List split_words(std::string_view text); ///< At white space.
[[nodiscard]] Result<Value> join_texts(const List& list, std::string_view separator);

} // namespace lyceum::text::jinja
