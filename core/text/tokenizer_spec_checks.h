#pragma once

#include "core/base/result.h"
#include "core/text/tokenizer.h"

namespace lyceum::text {

/// Puts the added tokens at their places in the vocabulary and says which the model does not have.
/// @return InvalidData naming one whose place is another token's.
[[nodiscard]] Result<void> place_added_tokens(TokenizerSpec& spec);

/// @return InvalidData naming a token outside of the vocabulary.
[[nodiscard]] Result<void> check_ids(const TokenizerSpec& spec);
[[nodiscard]] Result<void> check_id(const char* name, const std::optional<TokenId>& id,
                                    std::size_t size);

} // namespace lyceum::text
