#pragma once

/// @file
/// The small JSON files of a Hugging Face folder, as texts.

#include "core/models/model_package.h"

#include <string>
#include <string_view>

namespace lyceum::models {

/// config.json. @param dtype "float32", ...
[[nodiscard]] std::string make_config(const ModelPackage& package, std::string_view dtype);
[[nodiscard]] std::string make_generation_config(const ModelPackage& package);
/// tokenizer_config.json, with the chat template. A package of a tokenizer alone will do.
[[nodiscard]] std::string make_tokenizer_config(const ModelPackage& package);
[[nodiscard]] std::string make_special_tokens_map(const ModelPackage& package);

} // namespace lyceum::models
