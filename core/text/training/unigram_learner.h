#pragma once

/// @file
/// Learning a Unigram model (Kudo 2018, arXiv:1804.10959): expectation maximisation over all ways
/// to cut each word, and dropping the pieces that are missed least, in turns.

#include "core/text/training/piece_trie.h"
#include "core/text/training/training_progress.h"
#include "core/text/training/word_counts.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Follows tokenizers/src/models/unigram/trainer.rs.
class UnigramLearner {
public:
    /// @param words refers to them.
    UnigramLearner(std::vector<Piece> seed, const std::vector<CountedWord>& words);

    /// Until there are at most 1.1 times `vocab_size` pieces.
    /// @param begin the share of the training that is done before. @return Cancelled.
    [[nodiscard]] Result<void> learn(std::size_t vocab_size, double begin,
                                     TrainingProgress& progress);

    /// In the order they came to be dropped last.
    [[nodiscard]] const std::vector<Piece>& pieces() const noexcept { return pieces_; }
    [[nodiscard]] double lowest_score() const noexcept { return lowest_score_; }

private:
    /// A piece at a place of a word, [begin, end) in bytes.
    struct Node {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        std::uint32_t piece = 0; ///< Index, or kUnknown.
        double score = 0.0;
    };
    /// The best way to cut the beginning of a word.
    struct Best {
        double score = -std::numeric_limits<double>::infinity();
        const Node* last = nullptr;
    };
    enum class Fate : std::uint8_t { Stays, Goes, Competes };
    struct Judgement {
        Fate fate = Fate::Stays;
        double loss = 0.0; ///< Of likelihood, with the second best way to cut it in its place.
    };
    static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};

    void index();
    /// Makes these the pieces, in this order.
    void select(const std::vector<std::uint32_t>& chosen);
    void find_nodes(std::string_view word);
    [[nodiscard]] double find_best(std::size_t size, const Node* without);
    void add_expected(std::string_view word, double count);
    [[nodiscard]] Result<void> expect(double begin, double share, TrainingProgress& progress);
    void maximise();
    [[nodiscard]] Result<void> count_best(double begin, double share, TrainingProgress& progress);
    [[nodiscard]] Judgement judge(std::uint32_t piece);
    [[nodiscard]] Result<void> prune(std::size_t wanted, double begin, double share,
                                     TrainingProgress& progress);

    std::vector<Piece> pieces_;
    std::vector<std::uint32_t> sorted_; ///< Pieces by text.
    const std::vector<CountedWord>& words_;
    PieceTrie trie_;
    double lowest_score_ = 0.0;

    std::vector<double> frequency_; ///< Expected, or in the best cuts, by piece.
    double unknown_frequency_ = 0.0;
    double num_words_ = 0.0;
    double total_frequency_ = 0.0;

    std::vector<Node> nodes_; ///< Of a word, by beginning, then length.
    std::vector<double> forward_;
    std::vector<double> backward_;
    std::vector<Best> best_;
};

} // namespace lyceum::text
