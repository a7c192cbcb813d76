#pragma once

/// @file
/// JSON from outside: bounded, no exceptions, errors that name file, field and value.

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::formats {

using Json = nlohmann::json;

/// Parses a whole text: valid UTF-8, nesting of at most 64, no key twice in one object.
/// @param source_name for messages: the file. @return InvalidData.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view source_name);

/// @return as read_file and parse_json.
[[nodiscard]] Result<Json> read_json_file(const std::filesystem::path& path,
                                          std::size_t limit_bytes = std::size_t{1} << 26);

/// Text of a JSON value; invalid UTF-8 in strings made here becomes U+FFFD.
[[nodiscard]] std::string dump_json(const Json& value, int indent = -1);

/// Typed access to the members of one JSON object; null counts as missing.
/// Keeps references: object and source_name must outlive it.
class JsonObject {
public:
    /// @param object must be an object (checked by the caller or by `json_object`).
    JsonObject(const Json& object, std::string_view source_name)
        : object_(object), source_name_(source_name)
    {
    }

    /// The member, or null when missing.
    [[nodiscard]] const Json* find(std::string_view key) const;

    /// Required members. @return InvalidData naming the key when missing or of another type.
    [[nodiscard]] Result<std::int64_t> integer(std::string_view key) const;
    [[nodiscard]] Result<std::string> string(std::string_view key) const;

    /// Members with a default. @return InvalidData naming the key when present with another type.
    [[nodiscard]] Result<std::int64_t> integer_or(std::string_view key,
                                                  std::int64_t fallback) const;
    [[nodiscard]] Result<double> number_or(std::string_view key, double fallback) const;
    [[nodiscard]] Result<bool> boolean_or(std::string_view key, bool fallback) const;
    [[nodiscard]] Result<std::string> string_or(std::string_view key, std::string fallback) const;

    [[nodiscard]] Error invalid(std::string_view key, std::string_view problem) const;

private:
    [[nodiscard]] Error wrong_type(std::string_view key, std::string_view wanted) const;

    const Json& object_;
    std::string_view source_name_;
};

/// The JSON value's text, shortened to 80 bytes, for messages.
[[nodiscard]] std::string excerpt(const Json& value);

} // namespace lyceum::formats
