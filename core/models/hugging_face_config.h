#pragma once

#include "core/formats/json.h"
#include "core/models/architecture.h"

#include <string_view>

namespace lyceum::models {

/// config.json of a model of a known family, or the `model.config` of a run from scratch. A key
/// that is not there has the default of the family's configuration class in Transformers, but for
/// the sizes, which must be there.
/// @return InvalidData; Unsupported naming key and value of what would change the mathematics.
[[nodiscard]] Result<Architecture> read_hugging_face_config(const formats::Json& config,
                                                            std::string_view source_name);

/// The same architecture as config.json says it, for Transformers 4 and 5; without token ids and
/// dtype.
[[nodiscard]] formats::Json write_hugging_face_config(const Architecture& architecture);

} // namespace lyceum::models
