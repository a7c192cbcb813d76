#pragma once

#include "core/formats/json.h"
#include "core/text/tokenizer.h"

#include <filesystem>
#include <string_view>

namespace lyceum::models {

/// The tokenizer of a Hugging Face folder: tokenizer.json, or where there is none, vocab.json with
/// merges.txt, or vocab.txt; with what tokenizer_config.json, special_tokens_map.json and
/// added_tokens.json say of it. Ids as from the fast tokenizers of Transformers 5.
/// @param config tokenizer_config.json, empty where there is none.
/// @param model_type of config.json: which tokenizer it is where the files do not say.
/// @return NotFound, Io; InvalidData naming the file; Unsupported for a tokenizer.model alone and
/// for a kind of tokenizer that is not known.
[[nodiscard]] Result<text::TokenizerSpec>
read_hugging_face_tokenizer(const std::filesystem::path& folder, const formats::Json& config,
                            std::string_view model_type);

} // namespace lyceum::models
