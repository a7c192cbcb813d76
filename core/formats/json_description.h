#pragma once

/// @file
/// JSON that describes a model, from a file that may be hostile: bounded in its bytes and in its
/// values, since what is parsed takes several times the memory of its text.

#include "core/formats/json.h"

namespace lyceum::formats {

/// Numbers, texts, arrays and objects; each takes up to some 100 bytes.
inline constexpr std::size_t kMaxDescriptionValues = 400'000;
inline constexpr std::size_t kMaxDescriptionBytes = std::size_t{1} << 24;

/// parse_json of a text with at most so many values. @return InvalidData.
[[nodiscard]] Result<Json> parse_description(std::string_view text, std::string_view source_name);

/// @return as read_file and parse_description.
[[nodiscard]] Result<Json> read_description(const std::filesystem::path& path);

} // namespace lyceum::formats
