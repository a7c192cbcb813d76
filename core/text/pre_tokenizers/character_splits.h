#pragma once

/// @file
/// The pre-tokenizers that cut by classes of characters.

#include "core/text/pre_tokenizers/pre_tokenizer.h"

namespace lyceum::text {

/// BertPreTokenizer, CharDelimiterSplit, Digits, FixedLength, Punctuation, UnicodeScripts,
/// Whitespace or WhitespaceSplit. @return Unsupported for another; InvalidData.
[[nodiscard]] Result<PreTokenizerPtr> make_character_split(const PartReader& part);

} // namespace lyceum::text
