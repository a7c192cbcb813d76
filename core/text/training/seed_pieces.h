#pragma once

#include "core/text/training/piece_trie.h"
#include "core/text/training/training_progress.h"
#include "core/text/training/word_counts.h"

#include <vector>

namespace lyceum::text {

/// What the learning of a Unigram model starts from: all characters, and the substrings of at most
/// 16 characters that occur in several places and do not always go on in the same way, most
/// characters covered first; a million at most (tokenizers/src/models/unigram/trainer.rs,
/// make_seed_sentence_pieces). Scores are logarithms of shares.
/// @return Cancelled.
[[nodiscard]] Result<std::vector<Piece>> seed_pieces(const std::vector<CountedWord>& words,
                                                     double share_done, TrainingProgress& progress);

} // namespace lyceum::text
