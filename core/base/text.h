#pragma once

/// @file
/// Small helpers for names and messages.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum {

/// The candidate nearest to `word` by Levenshtein distance (a swap of neighbours counts once), if
/// near enough to be a slip: at most a third of the word's letters, at least one.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

/// Offset of the first byte that is not valid UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// "98.4 MiB", "1.2 GiB", "512 B".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// "48 s", "7 min 16 s", "1 h 12 min".
[[nodiscard]] std::string format_duration(double seconds);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);

} // namespace lyceum
