#pragma once

/// @file
/// Training of tokenizers from text, with the results of the trainers of Hugging Face's tokenizers
/// (BpeTrainer, WordPieceTrainer, UnigramTrainer).

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

enum class TokenizerTraining : std::uint8_t {
    Bpe,       ///< Byte-level, cut by GPT-2's pattern: every text can be written.
    WordPiece, ///< BERT's normalizer and pre-tokenizer, "##" before what continues a word.
    Unigram,   ///< NFKC and "U+2581" in place of spaces, as SentencePiece.
};

struct TokenizerTrainingOptions {
    TokenizerTraining kind = TokenizerTraining::Bpe;
    std::int64_t vocab_size = 2048; ///< With special tokens; fewer where the texts have no more.
    std::int64_t min_frequency = 2; ///< Of a pair that is merged; BPE and WordPiece.
    /// The first ids, in this order. WordPiece puts those of [PAD] [UNK] [CLS] [SEP] [MASK] that
    /// are missing before them, and Unigram <unk>.
    std::vector<std::string> special_tokens = {"<|endoftext|>"};
};

/// A tokenizer whose vocabulary is learnt from `texts`. Single-threaded.
/// @param on_progress called now and then with the share done, in [0, 1]; false cancels.
/// @return Cancelled; InvalidConfig for a vocab_size below the alphabet and special tokens, saying
/// the smallest that would do; InvalidData for texts without a word and for one that is not UTF-8,
/// naming it (from 0) and the byte.
[[nodiscard]] Result<TokenizerSpec>
train_tokenizer(const std::vector<std::string_view>& texts, const TokenizerTrainingOptions& options,
                const std::function<bool(double share)>& on_progress = {});

/// A token a byte and <|endoftext|>, which is eos and pad, as the first: no training needed.
[[nodiscard]] Result<TokenizerSpec> byte_tokenizer();

} // namespace lyceum::text
