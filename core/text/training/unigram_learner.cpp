#include "core/text/training/unigram_learner.h"

#include "core/text/utf8.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace lyceum::text {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr double kLeastFrequency = 0.5; ///< Expected; a piece below is dropped.
constexpr double kShrinkingFactor = 0.75;
constexpr int kStepsBetweenPruning = 2;
constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// log(exp(a) + exp(b)); what is e^50 times smaller is nothing.
double log_add(double a, double b)
{
    const double high = std::max(a, b);
    const double low = std::min(a, b);
    return high > low + 50.0 ? high : high + std::log(std::exp(low - high) + 1.0);
}

/// The derivative of log gamma, by its asymptotic series around x - 1/2 from 7 on, as the reference
/// has it.
double digamma(double x)
{
    double below = 0.0;
    for (; x < 7.0; x += 1.0)
        below += 1.0 / x;
    const double shifted = x - 0.5;
    const double square = 1.0 / (shifted * shifted);
    const double series =
        square * (1.0 / 24.0 +
                  square * (-7.0 / 960.0 + square * (31.0 / 8064.0 - square * 127.0 / 30720.0)));
    return std::log(shifted) + series - below;
}

std::vector<std::uint32_t> sort_by_text(const std::vector<Piece>& pieces)
{
    std::vector<std::uint32_t> sorted(pieces.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::ranges::sort(sorted, [&pieces](std::uint32_t a, std::uint32_t b) {
        return pieces[a].text < pieces[b].text;
    });
    return sorted;
}

} // namespace

UnigramLearner::UnigramLearner(std::vector<Piece> seed, const std::vector<CountedWord>& words)
    : pieces_(std::move(seed))
    , sorted_(sort_by_text(pieces_))
    , words_(words)
    , trie_(pieces_, sorted_)
{
    for (const CountedWord& word : words_)
        num_words_ += static_cast<double>(word.count);
    index();
}

void UnigramLearner::index()
{
    trie_ = PieceTrie(pieces_, sorted_);
    lowest_score_ = std::numeric_limits<double>::infinity();
    for (const Piece& piece : pieces_)
        lowest_score_ = std::min(lowest_score_, piece.score);
}

void UnigramLearner::select(const std::vector<std::uint32_t>& chosen)
{
    constexpr std::uint32_t kGone = ~std::uint32_t{0};
    std::vector<std::uint32_t> places(pieces_.size(), kGone);
    std::vector<Piece> pieces;
    pieces.reserve(chosen.size());
    for (const std::uint32_t piece : chosen) {
        places[piece] = static_cast<std::uint32_t>(pieces.size());
        pieces.push_back(std::move(pieces_[piece]));
    }
    pieces_ = std::move(pieces);
    for (std::uint32_t& piece : sorted_)
        piece = places[piece];
    std::erase(sorted_, kGone);
    index();
}

void UnigramLearner::find_nodes(std::string_view word)
{
    nodes_.clear();
    for (std::uint32_t begin = 0; begin < word.size();) {
        const auto length = static_cast<std::uint32_t>(decode_utf8(word, begin).length);
        bool has_character = false;
        trie_.find_prefixes(word.substr(begin), [&](std::size_t size, std::uint32_t piece) {
            const auto end = begin + static_cast<std::uint32_t>(size);
            nodes_.push_back({begin, end, piece, pieces_[piece].score});
            has_character = has_character || size == length;
        });
        if (!has_character)
            nodes_.push_back({begin, begin + length, kUnknown, lowest_score_ - kUnknownPenalty});
        begin += length;
    }
}

/// Viterbi's algorithm; the pieces are then to be found from best_[size] on.
double UnigramLearner::find_best(std::size_t size, const Node* without)
{
    best_.assign(size + 1, {});
    best_[0].score = 0.0;
    for (const Node& node : nodes_) {
        const double score = best_[node.begin].score + node.score;
        Best& best = best_[node.end];
        if (&node != without && score > best.score)
            best = {score, &node};
    }
    return best_[size].score;
}

void UnigramLearner::add_expected(std::string_view word, double count)
{
    find_nodes(word);
    forward_.assign(word.size() + 1, kNothing);
    backward_.assign(word.size() + 1, kNothing);
    forward_[0] = 0.0;
    backward_[word.size()] = 0.0;
    for (const Node& node : nodes_)
        forward_[node.end] = log_add(forward_[node.end], node.score + forward_[node.begin]);
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
        backward_[node->begin] =
            log_add(backward_[node->begin], node->score + backward_[node->end]);
    const double all = forward_[word.size()];
    for (const Node& node : nodes_) {
        const double share =
            std::exp(forward_[node.begin] + node.score + backward_[node.end] - all);
        double& sum = node.piece == kUnknown ? unknown_frequency_ : frequency_[node.piece];
        sum += count * share;
    }
}

Result<void> UnigramLearner::expect(double begin, double share, TrainingProgress& progress)
{
    frequency_.assign(pieces_.size(), 0.0);
    const double step = share / static_cast<double>(words_.size());
    for (std::size_t i = 0; i < words_.size(); ++i) {
        LYCEUM_TRY(progress.report(begin + step * static_cast<double>(i)));
        add_expected(words_[i].text, static_cast<double>(words_[i].count));
    }
    return {};
}

/// With the sparse prior of a Dirichlet process (Liang and Klein 2007).
void UnigramLearner::maximise()
{
    std::vector<std::uint32_t> kept;
    double sum = 0.0;
    for (std::uint32_t piece = 0; piece < pieces_.size(); ++piece) {
        if (frequency_[piece] < kLeastFrequency)
            continue;
        kept.push_back(piece);
        sum += frequency_[piece];
    }
    const double log_sum = digamma(sum);
    for (const std::uint32_t piece : kept)
        pieces_[piece].score = digamma(frequency_[piece]) - log_sum;
    select(kept);
}

Result<void> UnigramLearner::count_best(double begin, double share, TrainingProgress& progress)
{
    frequency_.assign(pieces_.size(), 0.0);
    unknown_frequency_ = 0.0;
    const double step = share / static_cast<double>(words_.size());
    for (std::size_t i = 0; i < words_.size(); ++i) {
        LYCEUM_TRY(progress.report(begin + step * static_cast<double>(i)));
        const std::string_view word = words_[i].text;
        find_nodes(word);
        (void)find_best(word.size(), nullptr);
        for (std::size_t end = word.size(); end > 0; end = best_[end].last->begin) {
            const std::uint32_t piece = best_[end].last->piece;
            (piece == kUnknown ? unknown_frequency_ : frequency_[piece]) +=
                static_cast<double>(words_[i].count);
        }
    }
    total_frequency_ = std::accumulate(frequency_.begin(), frequency_.end(), unknown_frequency_);
    return {};
}

UnigramLearner::Judgement UnigramLearner::judge(std::uint32_t piece)
{
    const std::string& text = pieces_[piece].text;
    const double frequency = frequency_[piece];
    find_nodes(text);
    const auto whole = std::ranges::find(nodes_, piece, &Node::piece);
    const double other = find_best(text.size(), &*whole);
    if (best_[text.size()].last == nullptr)
        return {Fate::Stays};
    if (frequency == 0.0)
        return {Fate::Goes};
    if (other > whole->score)
        return {Fate::Stays};
    std::vector<std::uint32_t> parts;
    for (std::size_t end = text.size(); end > 0; end = best_[end].last->begin)
        parts.push_back(best_[end].last->piece);
    // As if each piece came in place of it, not each part: the reference and sentencepiece have it
    // so, and the choice of pieces depends on it.
    const double log_all =
        std::log(total_frequency_ + frequency * static_cast<double>(pieces_.size()));
    double instead = 0.0;
    for (const std::uint32_t part : parts) {
        const double before = part == kUnknown ? unknown_frequency_ : frequency_[part];
        instead += std::log(before + frequency) - log_all;
    }
    const double now = std::log(frequency) - std::log(total_frequency_);
    return {Fate::Competes, frequency / num_words_ * (now - instead)};
}

Result<void> UnigramLearner::prune(std::size_t wanted, double begin, double share,
                                   TrainingProgress& progress)
{
    LYCEUM_TRY(count_best(begin, share, progress));
    std::vector<std::uint32_t> chosen;
    std::vector<std::pair<double, std::uint32_t>> losses;
    for (std::uint32_t piece = 0; piece < pieces_.size(); ++piece) {
        const Judgement judgement = judge(piece);
        if (judgement.fate == Fate::Stays)
            chosen.push_back(piece);
        else if (judgement.fate == Fate::Competes)
            losses.emplace_back(judgement.loss, piece);
    }
    std::ranges::stable_sort(losses, std::greater{}, &std::pair<double, std::uint32_t>::first);
    for (const auto& [loss, piece] : losses) {
        if (chosen.size() == wanted)
            break;
        chosen.push_back(piece);
    }
    select(chosen);
    return {};
}

Result<void> UnigramLearner::learn(std::size_t vocab_size, double begin, TrainingProgress& progress)
{
    // The reference counts its unknown token among the pieces.
    const std::size_t enough = vocab_size * 11 / 10 - 1;
    const double rounds =
        1.0 + std::max(0.0, std::ceil(std::log(static_cast<double>(enough + 1) /
                                               static_cast<double>(pieces_.size() + 1)) /
                                      std::log(kShrinkingFactor)));
    const double step = (1.0 - begin) / (rounds * (kStepsBetweenPruning + 1));
    double done = begin;
    const auto advance = [&done, step] {
        return std::min(std::exchange(done, done + step), 1.0 - step);
    };
    for (;;) {
        for (int i = 0; i < kStepsBetweenPruning; ++i) {
            LYCEUM_TRY(expect(advance(), step, progress));
            maximise();
        }
        if (pieces_.size() <= enough)
            return {};
        const auto shrunk =
            static_cast<std::size_t>(static_cast<double>(pieces_.size() + 1) * kShrinkingFactor);
        LYCEUM_TRY(prune(std::max(enough, shrunk - 1), advance(), step, progress));
    }
}

} // namespace lyceum::text
