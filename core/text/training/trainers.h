#pragma once

/// @file
/// The trainers behind train_tokenizer(), which has checked the options.

#include "core/text/training/train_tokenizer.h"
#include "core/text/training/training_progress.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Each gives a specification whose vocabulary begins with `options.special_tokens`; the caller
/// declares these.
[[nodiscard]] Result<TokenizerSpec> train_bpe(const std::vector<std::string_view>& texts,
                                              const TokenizerTrainingOptions& options,
                                              TrainingProgress& progress);
[[nodiscard]] Result<TokenizerSpec> train_word_piece(const std::vector<std::string_view>& texts,
                                                     const TokenizerTrainingOptions& options,
                                                     TrainingProgress& progress);
[[nodiscard]] Result<TokenizerSpec> train_unigram(const std::vector<std::string_view>& texts,
                                                  const TokenizerTrainingOptions& options,
                                                  TrainingProgress& progress);

/// InvalidConfig unless `vocab_size` is at least `needed`. @param what takes them up, in words.
[[nodiscard]] Result<void> check_vocab_size(const TokenizerTrainingOptions& options,
                                            std::size_t needed, std::string_view what);

} // namespace lyceum::text
