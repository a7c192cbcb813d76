#pragma once

#include "core/formats/json.h"
#include "core/models/architecture.h"

#include <string_view>

namespace lyceum::models {

/// Fills rope_theta and rope_scaling from `rope_parameters` (Transformers 5) or from `rope_theta`
/// and `rope_scaling`. max_position_embeddings must be there already.
/// @return InvalidData; Unsupported naming a kind of scaling this version does not know.
[[nodiscard]] Result<void> read_rope_config(const formats::JsonObject& config,
                                            std::string_view source_name,
                                            Architecture& architecture);

/// `rope_parameters`, which is also Transformers 4's `rope_scaling` with one key more.
[[nodiscard]] formats::Json write_rope_parameters(const Architecture& architecture);

/// The factor YaRN puts on cosines and sines when none is given (Peng et al. 2023,
/// arXiv:2309.00071, section 3.4).
[[nodiscard]] double yarn_attention_factor(double factor);

} // namespace lyceum::models
