#pragma once

#include "core/formats/json.h"
#include "core/models/model_package.h"

#include <string_view>

namespace lyceum::models {

/// config.json of a Llama-family model.
/// @return InvalidData; Unsupported naming key and value of what would change the mathematics.
[[nodiscard]] Result<Architecture> read_hugging_face_config(const formats::Json& config,
                                                            std::string_view source_name);

} // namespace lyceum::models
