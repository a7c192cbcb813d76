#pragma once

#include "core/exporter/export_options.h"
#include "core/formats/gguf_writer.h"
#include "core/models/model_package.h"

namespace lyceum::exporter {

/// Metadata of a model's GGUF file, tokenizer and chat template inside, under the keys that
/// llama.cpp's convert_hf_to_gguf.py writes.
/// @return Unsupported naming the part of the tokenizer or the option of the architecture that GGUF
/// has no name for.
[[nodiscard]] Result<formats::GgufMetadata> make_gguf_metadata(const models::ModelPackage& package,
                                                               Dtype dtype);

} // namespace lyceum::exporter
