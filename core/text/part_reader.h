#pragma once

/// @file
/// Reading the parts of a tokenizer.json: {"type": "...", ...}.

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lyceum::text {

/// One part. Errors name the kind of part, its type and the key.
class PartReader {
public:
    /// @param kind "normalizer", "pre-tokenizer", ...: for messages. Refers to `part`.
    PartReader(const nlohmann::json& part, const char* kind) : part_(part), kind_(kind) {}

    /// "" where there is none.
    [[nodiscard]] std::string type() const;
    [[nodiscard]] bool has(const char* key) const; ///< There, and not null.

    /// Each is InvalidData for a value of another kind; a missing one is the fallback.
    [[nodiscard]] Result<bool> flag(const char* key, bool fallback) const;
    [[nodiscard]] Result<std::string> text(const char* key, const char* fallback = nullptr) const;
    [[nodiscard]] Result<std::size_t> count(const char* key, std::size_t fallback) const;
    [[nodiscard]] Result<char32_t> character(const char* key) const;
    /// The parts of a Sequence, at most 64.
    [[nodiscard]] Result<std::vector<nlohmann::json>> list(const char* key) const;
    [[nodiscard]] const nlohmann::json& value(const char* key) const; ///< null where missing

    [[nodiscard]] Error invalid(const std::string& what) const;
    [[nodiscard]] Error unknown() const; ///< Unsupported: a type that is not known.

private:
    const nlohmann::json& part_;
    const char* kind_;
};

/// JSON text of at most 256 MiB and 64 levels. @return InvalidData naming `what`.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text, const std::string& what);
/// The same with the members of objects in the order of the text.
[[nodiscard]] Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text,
                                                                const std::string& what);

} // namespace lyceum::text
