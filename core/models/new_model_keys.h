#pragma once

/// @file
/// The keys of config.json that a model from scratch may set, by family.

#include "core/formats/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::models {

struct ConfigKey {
    enum class Kind : std::uint8_t { Integer, Number, Boolean, Text, Group, List };
    std::string_view name;
    Kind kind = Kind::Integer;
};

/// Null when the family has no such key.
[[nodiscard]] const ConfigKey* find_config_key(std::string_view family, std::string_view key);

/// A name of the architecture as the family's config.json has it: hidden_size is GPT-2's n_embd.
[[nodiscard]] std::string key_of_family(std::string_view family, std::string_view name);

struct ConfigFault {
    std::string message;
    std::string hint;
};
/// What is wrong with a key, or with the kind of its value; ranges are check_architecture's.
[[nodiscard]] std::optional<ConfigFault>
check_config_entry(std::string_view family, std::string_view key, const formats::Json& value);

} // namespace lyceum::models
