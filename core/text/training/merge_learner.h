#pragma once

/// @file
/// What byte-pair encoding learns (Sennrich et al. 2016, arXiv:1508.07909): which two tokens to
/// make one, the most frequent pair first.

#include "core/base/result.h"
#include "core/text/tokenizer.h"
#include "core/text/training/token_list.h"
#include "core/text/training/training_progress.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Merges pairs of tokens within words until the vocabulary is full or no pair is frequent enough.
/// Of pairs that are equally frequent the one with the lower ids comes first, as in
/// tokenizers/src/models/bpe/trainer.rs.
class MergeLearner {
public:
    /// @param prefix of a token that continues a word, left out within a merged one.
    MergeLearner(TokenList& tokens, std::string_view prefix) : tokens_(tokens), prefix_(prefix) {}

    void add_word(const std::vector<TokenId>& symbols, std::uint64_t count);

    /// Adds to the tokens. @param begin the share of the training that is done before.
    /// @return the merges, "left right", in rank order; Cancelled.
    [[nodiscard]] Result<std::vector<std::string>> learn(std::size_t vocab_size,
                                                         std::int64_t min_frequency, double begin,
                                                         TrainingProgress& progress);

private:
    using Pair = std::uint64_t; ///< Left id above, right id below.
    static constexpr Pair kNoPair = ~Pair{0};

    struct Word {
        std::size_t begin = 0; ///< Of its symbols; merging makes it shorter in place.
        std::uint32_t size = 0;
        std::uint64_t count = 0;
    };
    struct PairState {
        Pair pair = kNoPair;
        std::int64_t count = 0;
        std::int32_t fresh = -1; ///< Index among the pairs that the last merge made.
    };
    /// A pair and the words that had it when it was made.
    struct Candidate {
        Pair pair = kNoPair;
        std::int64_t count = 0;
        std::vector<std::uint32_t> words;

        friend bool operator<(const Candidate& a, const Candidate& b) noexcept
        {
            return a.count != b.count ? a.count < b.count : a.pair > b.pair;
        }
    };

    void count_pairs();
    void merge_in_word(std::uint32_t index, Pair pair, TokenId merged);
    void change(Pair pair, std::int64_t by, std::uint32_t word);
    void queue_fresh();
    [[nodiscard]] Candidate pop();
    [[nodiscard]] PairState& state_of(Pair pair);
    void grow();
    [[nodiscard]] TokenId add_merged(Pair pair);
    [[nodiscard]] std::vector<std::string> write_merges() const;

    TokenList& tokens_;
    std::string_view prefix_;
    std::vector<TokenId> symbols_;
    std::vector<Word> words_;
    std::vector<PairState> states_; ///< Open addressing.
    std::size_t num_states_ = 0;
    std::vector<Candidate> fresh_;
    std::vector<Candidate> queue_; ///< A heap.
    std::vector<Pair> merges_;
};

} // namespace lyceum::text
