#pragma once

/// @file
/// llama.cpp's names (tokenizer.ggml.pre) for what a byte-level tokenizer does to its text before
/// the merges. Source: llama.cpp, src/llama-vocab.cpp; NFC, which the names leave out, as the
/// tokenizer.json of the models that the names are of.

#include "core/formats/json.h"

#include <span>
#include <string_view>

namespace lyceum::models {

struct GgufPreTokenizer {
    std::string_view name;
    formats::Json description; ///< The `pre_tokenizer` of a tokenizer.json.
    bool composes = false;     ///< The text is put into the form NFC first.
    bool ignore_merges = false;
    bool adds_bos = false; ///< Where the file does not say so itself.
};

/// All that are known; of those alike, the first is the one to write.
[[nodiscard]] std::span<const GgufPreTokenizer> gguf_pre_tokenizers();

/// Null for a name that is not known.
[[nodiscard]] const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name);

/// The names, for messages.
[[nodiscard]] std::string gguf_pre_tokenizer_names();

} // namespace lyceum::models
