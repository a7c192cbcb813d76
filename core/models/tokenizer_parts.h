#pragma once

/// @file
/// Parts of a tokenizer.json, as JSON text, for tokenizers that come in other files.

#include "core/text/tokenizer.h"

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::models {

/// What is added to texts: `first A last`, and of a pair `first A last B last`.
struct AddedAround {
    std::optional<text::TokenId> first, last;
    bool first_twice = false; ///< Before the second text of a pair, too.
    bool last_twice = false;  ///< Before it as well, as RoBERTa's; all is of type 0 then.
};
/// A TemplateProcessing. @return "" where nothing is added.
[[nodiscard]] std::string make_template(const AddedAround& around, const text::TokenizerSpec& spec);

/// A token of the vocabulary or one beyond it.
[[nodiscard]] const std::string& token_text(const text::TokenizerSpec& spec, text::TokenId id);

struct BertNormalizerOptions {
    bool lowercase = true;
    bool chinese_apart = true;
    std::optional<bool> strip_accents; ///< As lowercase, where it is not said.
};
/// Normalizer, pre-tokenizer, model and decoder of BERT; `spec` has the vocabulary and `unknown`.
void make_word_piece(const BertNormalizerOptions& options, text::TokenizerSpec& spec);

/// SentencePiece's BPE: normalizer, decoder and merges; `spec` has vocabulary, scores and
/// `unknown`. The next merge is always the one into the token of the highest score; of equals, in
/// the order of Transformers' generate_merges.
/// @param space_first each text begins with a space.
/// @return InvalidData naming a token too long to be one.
[[nodiscard]] Result<void> make_sentencepiece_bpe(bool space_first, text::TokenizerSpec& spec);

} // namespace lyceum::models
