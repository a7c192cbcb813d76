#pragma once

/// @file
/// What a Tokenizer holds; for its own sources.

#include "core/text/added_tokens.h"
#include "core/text/decoders/decoder.h"
#include "core/text/normalizers/normalizer.h"
#include "core/text/post_processor.h"
#include "core/text/pre_tokenizers/pre_tokenizer.h"
#include "core/text/token_models/token_model.h"
#include "core/text/tokenizer.h"

#include <map>
#include <string>
#include <vector>

namespace lyceum::text {

struct Tokenizer::Impl {
    [[nodiscard]] Result<void> make_parts();
    void normalize_contents();
    void make_bytes();
    [[nodiscard]] std::string_view text_of(TokenId id) const;
    [[nodiscard]] std::string_view bytes_of(TokenId id) const;
    std::uint64_t serial = 0; ///< No other tokenizer of this process has it.
    TokenizerSpec spec;
    NormalizerPtr normalizer;
    PreTokenizerPtr pre_tokenizer;
    TokenModelPtr model; ///< Refers to spec.vocabulary.
    PostProcessor post_processor;
    DecoderPtr decoder;
    AddedTokenFinder raw_tokens;
    AddedTokenFinder normalized_tokens;
    std::vector<bool> special;                          ///< By id.
    std::map<TokenId, std::string> normalized_contents; ///< How such added tokens are decoded.
    bool needs_origins = false; ///< Metaspace may ask whether a piece is the first.
    bool decodes_bytes = false;
    std::string bytes;                      ///< Of all tokens, where decoding joins them.
    std::vector<std::uint32_t> byte_begins; ///< [V + 1]
};

} // namespace lyceum::text
