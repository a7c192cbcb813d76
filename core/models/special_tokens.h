#pragma once

/// @file
/// Which tokens of a Hugging Face folder are special, and which play a part: tokenizer_config.json,
/// special_tokens_map.json, added_tokens.json.

#include "core/formats/json.h"
#include "core/text/tokenizer.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::models {

/// bos_token, eos_token, unk_token, sep_token, pad_token, cls_token, mask_token; in this order new
/// ones get their ids.
using TokenRoles = std::map<std::string, std::string, std::less<>>;

/// tokenizer_config.json; where that has no added_tokens_decoder, special_tokens_map.json goes
/// before it and added_tokens.json is its list of added tokens.
struct TokenSettings {
    formats::Json values = formats::Json::object();
    std::map<std::int64_t, text::AddedToken> added; ///< By the id the files give.
    std::string source;                             ///< The file, for messages.
};
[[nodiscard]] Result<TokenSettings> read_token_settings(const std::filesystem::path& folder,
                                                        const formats::Json& config);

/// Adds all special tokens to `spec`; a new one gets the next id.
/// @param defaults of the kind of tokenizer, where the settings do not name a role.
/// @param may_add roles of the defaults and settings may be new tokens; else one that the
/// vocabulary does not have is an error, or where it is a default, none.
/// @return the ids by role; InvalidData naming the key.
[[nodiscard]] Result<std::map<std::string, text::TokenId, std::less<>>>
place_special_tokens(const TokenSettings& settings, const TokenRoles& defaults, bool may_add,
                     text::TokenizerSpec& spec);

} // namespace lyceum::models
