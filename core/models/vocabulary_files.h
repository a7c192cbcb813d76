#pragma once

/// @file
/// Vocabularies in the files that came before tokenizer.json.

#include "core/text/tokenizer.h"

#include <filesystem>

namespace lyceum::models {

/// vocab.json, {"token": id}, and merges.txt, "left right" a line, of a byte-level BPE.
/// @return NotFound, Io; InvalidData naming file and token or line.
[[nodiscard]] Result<void> read_vocabulary_and_merges(const std::filesystem::path& folder,
                                                      text::TokenizerSpec& spec);

/// vocab.txt, a token a line: its id is the line's number from 0. @return as above.
[[nodiscard]] Result<void> read_vocabulary_lines(const std::filesystem::path& folder,
                                                 text::TokenizerSpec& spec);

} // namespace lyceum::models
