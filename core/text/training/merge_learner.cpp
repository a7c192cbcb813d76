#include "core/text/training/merge_learner.h"

#include <algorithm>
#include <unordered_set>

namespace lyceum::text {
namespace {

constexpr std::size_t kFirstSlots = std::size_t{1} << 12U;
constexpr std::uint64_t kHashFactor = 0x9E3779B97F4A7C15U; // 2^64 / golden ratio

constexpr std::uint64_t pair_of(TokenId left, TokenId right)
{
    return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint32_t>(right);
}

constexpr TokenId left_of(std::uint64_t pair)
{
    return static_cast<TokenId>(pair >> 32U);
}

constexpr TokenId right_of(std::uint64_t pair)
{
    return static_cast<TokenId>(pair & 0xFFFFFFFFU);
}

} // namespace

void MergeLearner::add_word(const std::vector<TokenId>& symbols, std::uint64_t count)
{
    words_.push_back({symbols_.size(), static_cast<std::uint32_t>(symbols.size()), count});
    symbols_.insert(symbols_.end(), symbols.begin(), symbols.end());
}

MergeLearner::PairState& MergeLearner::state_of(Pair pair)
{
    if (num_states_ * 2 >= states_.size())
        grow();
    const std::size_t mask = states_.size() - 1;
    std::size_t slot = (pair * kHashFactor >> 24U) & mask;
    while (states_[slot].pair != pair && states_[slot].pair != kNoPair)
        slot = (slot + 1) & mask;
    if (states_[slot].pair == kNoPair) {
        states_[slot].pair = pair;
        ++num_states_;
    }
    return states_[slot];
}

void MergeLearner::grow()
{
    std::vector<PairState> old(std::max(kFirstSlots, states_.size() * 2));
    old.swap(states_);
    num_states_ = 0;
    for (const PairState& state : old)
        if (state.pair != kNoPair)
            state_of(state.pair) = state;
}

void MergeLearner::change(Pair pair, std::int64_t by, std::uint32_t word)
{
    PairState& state = state_of(pair);
    state.count += by;
    if (by < 0)
        return;
    if (state.fresh < 0) {
        state.fresh = static_cast<std::int32_t>(fresh_.size());
        fresh_.push_back({.pair = pair, .count = 0, .words = {}});
    }
    std::vector<std::uint32_t>& words = fresh_[static_cast<std::size_t>(state.fresh)].words;
    if (words.empty() || words.back() != word)
        words.push_back(word);
}

void MergeLearner::count_pairs()
{
    for (std::uint32_t index = 0; index < words_.size(); ++index) {
        const Word& word = words_[index];
        for (std::size_t i = word.begin; i + 1 < word.begin + word.size; ++i)
            change(pair_of(symbols_[i], symbols_[i + 1]), static_cast<std::int64_t>(word.count),
                   index);
    }
    queue_fresh();
}

void MergeLearner::queue_fresh()
{
    for (Candidate& candidate : fresh_) {
        PairState& state = state_of(candidate.pair);
        state.fresh = -1;
        candidate.count = state.count;
        if (candidate.count <= 0)
            continue;
        queue_.push_back(std::move(candidate));
        std::push_heap(queue_.begin(), queue_.end());
    }
    fresh_.clear();
}

MergeLearner::Candidate MergeLearner::pop()
{
    std::pop_heap(queue_.begin(), queue_.end());
    Candidate top = std::move(queue_.back());
    queue_.pop_back();
    return top;
}

void MergeLearner::merge_in_word(std::uint32_t index, Pair pair, TokenId merged)
{
    Word& word = words_[index];
    TokenId* const symbols = symbols_.data() + word.begin;
    const auto count = static_cast<std::int64_t>(word.count);
    const TokenId left = left_of(pair);
    const TokenId right = right_of(pair);
    std::uint32_t write = 0;
    for (std::uint32_t read = 0; read < word.size;) {
        if (read + 1 == word.size || symbols[read] != left || symbols[read + 1] != right) {
            symbols[write++] = symbols[read++];
            continue;
        }
        read += 2;
        if (write > 0) {
            change(pair_of(symbols[write - 1], left), -count, index);
            change(pair_of(symbols[write - 1], merged), count, index);
        }
        symbols[write++] = merged;
        if (read < word.size) {
            change(pair_of(right, symbols[read]), -count, index);
            change(pair_of(merged, symbols[read]), count, index);
        }
    }
    word.size = write;
}

TokenId MergeLearner::add_merged(Pair pair)
{
    std::string_view right = tokens_[right_of(pair)];
    if (!prefix_.empty() && right.starts_with(prefix_))
        right.remove_prefix(prefix_.size());
    return tokens_.add(tokens_[left_of(pair)] + std::string(right));
}

/// A pair can come twice, where its words came to it by two ways; the last rank is the one that
/// the reference keeps.
std::vector<std::string> MergeLearner::write_merges() const
{
    std::vector<std::string> written;
    std::unordered_set<Pair> seen;
    for (auto pair = merges_.rbegin(); pair != merges_.rend(); ++pair)
        if (seen.insert(*pair).second)
            written.push_back(tokens_[left_of(*pair)] + " " + tokens_[right_of(*pair)]);
    std::ranges::reverse(written);
    return written;
}

Result<std::vector<std::string>> MergeLearner::learn(std::size_t vocab_size,
                                                     std::int64_t min_frequency, double begin,
                                                     TrainingProgress& progress)
{
    count_pairs();
    const std::size_t first = tokens_.size();
    while (tokens_.size() < vocab_size && !queue_.empty()) {
        LYCEUM_TRY(
            progress.report(begin + (1.0 - begin) * static_cast<double>(tokens_.size() - first) /
                                        static_cast<double>(vocab_size - first)));
        Candidate top = pop();
        const std::int64_t now = state_of(top.pair).count;
        if (top.count != now) { // Other merges took some of it.
            top.count = now;
            queue_.push_back(std::move(top));
            std::push_heap(queue_.begin(), queue_.end());
            continue;
        }
        if (top.count < std::max(min_frequency, std::int64_t{1}))
            break;
        const TokenId merged = add_merged(top.pair);
        merges_.push_back(top.pair);
        for (const std::uint32_t word : top.words)
            merge_in_word(word, top.pair, merged);
        queue_fresh();
    }
    LYCEUM_TRY(progress.report(1.0));
    return write_merges();
}

} // namespace lyceum::text
