#pragma once

#include "core/formats/gguf.h"
#include "core/models/model_package.h"

namespace lyceum::models {

/// `tokenizer.ggml.*`. @return Unsupported naming the kind of tokenizer; InvalidData.
[[nodiscard]] Result<text::TokenizerSpec> read_gguf_tokenizer(const formats::GgufFile& file);

} // namespace lyceum::models
