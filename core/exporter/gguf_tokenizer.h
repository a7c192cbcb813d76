#pragma once

#include "core/formats/gguf_writer.h"
#include "core/models/model_package.h"

namespace lyceum::exporter {

/// Adds `tokenizer.ggml.*`: tokens with their kinds, merges, special ids, the pre-tokenizer's name.
/// @return Unsupported naming the part that GGUF has no name for.
[[nodiscard]] Result<void> add_gguf_tokenizer(const models::ModelPackage& package,
                                              formats::GgufMetadata& metadata);

} // namespace lyceum::exporter
