#include "core/text/bpe.h"

#include "core/text/byte_level.h"

#include <queue>

#include <bit>
#include <functional>
#include <limits>

namespace lyceum::text {
namespace {

constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22U;
constexpr std::size_t kMaxVocabularyBytes = std::size_t{1} << 28U;
constexpr std::size_t kShortPiece = 48; ///< Symbols up to which a scan beats a heap.
constexpr std::uint32_t kNoMerge = std::numeric_limits<std::uint32_t>::max();

std::uint64_t pair_of(TokenId left, TokenId right) noexcept
{
    return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32U) |
           static_cast<std::uint32_t>(right);
}

/// Slots for `count` entries: a power of two, at most half of them taken.
std::size_t table_size(std::size_t count)
{
    return std::bit_ceil(count * 2 + 1);
}

} // namespace

TokenTable::TokenTable(std::span<const std::string> vocabulary)
    : vocabulary_(vocabulary), slots_(table_size(vocabulary.size()), -1), mask_(slots_.size() - 1)
{
}

std::size_t TokenTable::slot_of(std::string_view token) const
{
    std::size_t slot = std::hash<std::string_view>{}(token)&mask_;
    while (slots_[slot] >= 0 && vocabulary_[static_cast<std::size_t>(slots_[slot])] != token)
        slot = (slot + 1) & mask_;
    return slot;
}

std::optional<TokenId> TokenTable::insert(TokenId id)
{
    TokenId& slot = slots_[slot_of(vocabulary_[static_cast<std::size_t>(id)])];
    if (slot >= 0)
        return slot;
    slot = id;
    return std::nullopt;
}

std::optional<TokenId> TokenTable::find(std::string_view token) const
{
    const TokenId id = slots_[slot_of(token)];
    return id < 0 ? std::nullopt : std::optional(id);
}

Result<BpeModel> BpeModel::create(const TokenizerSpec& spec)
{
    if (spec.vocabulary.size() > kMaxVocabulary)
        return Error{ErrorCode::InvalidData,
                     "The tokenizer has " + std::to_string(spec.vocabulary.size()) +
                         " tokens; more than " + std::to_string(kMaxVocabulary) +
                         " are not supported.",
                     ""};
    BpeModel model{spec.vocabulary};
    model.ignore_merges_ = spec.ignore_merges;
    LYCEUM_TRY(model.add_tokens(spec));
    LYCEUM_TRY(model.add_merges(spec));
    return model;
}

Result<void> BpeModel::add_tokens(const TokenizerSpec& spec)
{
    byte_begin_.reserve(spec.vocabulary.size() + 1);
    byte_begin_.push_back(0);
    for (std::size_t i = 0; i < spec.vocabulary.size(); ++i) {
        const std::string& token = spec.vocabulary[i];
        if (!token.empty()) { // Empty: an id that is not used.
            if (const auto other = tokens_.insert(static_cast<TokenId>(i)))
                return Error{ErrorCode::InvalidData,
                             "The tokenizer has the token \"" + token + "\" twice, as " +
                                 std::to_string(*other) + " and " + std::to_string(i) + ".",
                             ""};
            if (!append_from_byte_alphabet(token, bytes_))
                bytes_ += token;
        }
        if (bytes_.size() > kMaxVocabularyBytes)
            return Error{ErrorCode::InvalidData, "The tokenizer's vocabulary is over 256 MiB.", ""};
        byte_begin_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    }
    const TokenId unknown = spec.encode_unknown ? spec.unknown.value_or(-1) : -1;
    for (std::size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
        const char letter = static_cast<char>(byte);
        byte_tokens_[byte] = tokens_.find(to_byte_alphabet({&letter, 1})).value_or(unknown);
    }
    return {};
}

Result<void> BpeModel::add_merges(const TokenizerSpec& spec)
{
    merges_.resize(table_size(spec.merges.size()));
    merge_mask_ = merges_.size() - 1;
    std::string merged;
    for (std::size_t rank = 0; rank < spec.merges.size(); ++rank) {
        const std::string& merge = spec.merges[rank];
        const std::size_t space = merge.find(' ');
        const std::string_view text = merge;
        const std::string_view left = text.substr(0, space);
        const std::string_view right =
            space == std::string::npos ? std::string_view{} : text.substr(space + 1);
        merged.assign(left).append(right);
        const auto left_id = tokens_.find(left);
        const auto right_id = tokens_.find(right);
        const auto result = tokens_.find(merged);
        if (!left_id || !right_id || !result)
            return Error{ErrorCode::InvalidData,
                         "Merge " + std::to_string(rank) + " of the tokenizer, \"" + merge +
                             "\", is not two tokens of its vocabulary that make a third.",
                         ""};
        Merge& slot = merges_[merge_slot(pair_of(*left_id, *right_id))];
        slot = {.pair = pair_of(*left_id, *right_id),
                .rank = static_cast<std::uint32_t>(rank),
                .result = *result};
    }
    return {};
}

std::size_t BpeModel::merge_slot(std::uint64_t pair) const noexcept
{
    constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U; // 2^64 / golden ratio
    std::size_t slot = static_cast<std::size_t>((pair * kMultiplier) >> 32U) & merge_mask_;
    while (merges_[slot].result >= 0 && merges_[slot].pair != pair)
        slot = (slot + 1) & merge_mask_;
    return slot;
}

const BpeModel::Merge* BpeModel::find_merge(TokenId left, TokenId right) const noexcept
{
    const Merge& merge = merges_[merge_slot(pair_of(left, right))];
    return merge.result < 0 ? nullptr : &merge;
}

void BpeModel::encode(std::string_view piece, std::vector<TokenId>& ids) const
{
    if (ignore_merges_) {
        if (const auto whole = tokens_.find(to_byte_alphabet(piece))) {
            ids.push_back(*whole);
            return;
        }
    }
    const std::size_t begin = ids.size();
    append_bytes(piece, ids);
    if (ids.size() - begin <= kShortPiece)
        merge_short(ids, begin);
    else
        merge_long(ids, begin);
}

void BpeModel::append_bytes(std::string_view piece, std::vector<TokenId>& ids) const
{
    for (const char byte : piece) {
        const TokenId id = byte_tokens_[static_cast<std::uint8_t>(byte)];
        if (id >= 0)
            ids.push_back(id);
    }
}

/// Merges ids[begin..] in place, the pair of lowest rank first, leftmost among equals.
void BpeModel::merge_short(std::vector<TokenId>& ids, std::size_t begin) const
{
    std::size_t count = ids.size() - begin;
    if (count < 2)
        return;
    TokenId* symbols = ids.data() + begin;
    std::array<const Merge*, kShortPiece> merges; // merges[i]: of symbols i and i + 1
    for (std::size_t i = 0; i + 1 < count; ++i)
        merges[i] = find_merge(symbols[i], symbols[i + 1]);
    while (count > 1) {
        std::size_t best = 0;
        std::uint32_t best_rank = kNoMerge;
        for (std::size_t i = 0; i + 1 < count; ++i) {
            if (merges[i] != nullptr && merges[i]->rank < best_rank) {
                best = i;
                best_rank = merges[i]->rank;
            }
        }
        if (best_rank == kNoMerge)
            break;
        symbols[best] = merges[best]->result;
        --count;
        for (std::size_t i = best + 1; i < count; ++i) {
            symbols[i] = symbols[i + 1];
            merges[i - 1] = merges[i];
        }
        if (best > 0)
            merges[best - 1] = find_merge(symbols[best - 1], symbols[best]);
        if (best + 1 < count)
            merges[best] = find_merge(symbols[best], symbols[best + 1]);
    }
    ids.resize(begin + count);
}

/// A symbol in the list of a long piece; merged away when `id` is negative.
struct BpeModel::Symbol {
    TokenId id = -1;
    std::int32_t previous = -1;
    std::int32_t next = -1;
};

/// A merge that was possible when it was queued.
struct BpeModel::Candidate {
    std::uint32_t rank = 0;
    std::int32_t left = 0;
    std::int32_t right = 0;
    std::uint64_t pair = 0;
    TokenId result = -1;

    /// For a queue that gives the lowest rank, then the leftmost.
    friend bool operator<(const Candidate& a, const Candidate& b) noexcept
    {
        return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
    }
};

/// The same for long pieces, in n log n: text from outside may be one "word" of a megabyte.
void BpeModel::merge_long(std::vector<TokenId>& ids, std::size_t begin) const
{
    std::vector<Symbol> symbols(ids.size() - begin);
    std::priority_queue<Candidate> queue;
    const auto offer = [&](std::int32_t left, std::int32_t right) {
        if (left < 0 || right < 0)
            return;
        const TokenId left_id = symbols[static_cast<std::size_t>(left)].id;
        const TokenId right_id = symbols[static_cast<std::size_t>(right)].id;
        if (const Merge* merge = find_merge(left_id, right_id))
            queue.push({.rank = merge->rank,
                        .left = left,
                        .right = right,
                        .pair = merge->pair,
                        .result = merge->result});
    };
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const auto position = static_cast<std::int32_t>(i);
        symbols[i] = {.id = ids[begin + i], .previous = position - 1, .next = -1};
        if (i > 0) {
            symbols[i - 1].next = position;
            offer(position - 1, position);
        }
    }
    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        Symbol& left = symbols[static_cast<std::size_t>(best.left)];
        Symbol& right = symbols[static_cast<std::size_t>(best.right)];
        if (left.id < 0 || right.id < 0 || left.next != best.right ||
            pair_of(left.id, right.id) != best.pair)
            continue; // One of the two has been merged meanwhile.
        left.id = best.result;
        left.next = right.next;
        right.id = -1;
        if (left.next >= 0)
            symbols[static_cast<std::size_t>(left.next)].previous = best.left;
        offer(left.previous, best.left);
        offer(best.left, left.next);
    }
    ids.resize(begin);
    for (const Symbol& symbol : symbols)
        if (symbol.id >= 0)
            ids.push_back(symbol.id);
}

std::string_view BpeModel::bytes_of(TokenId id) const noexcept
{
    const auto index = static_cast<std::size_t>(id);
    if (id < 0 || index + 1 >= byte_begin_.size())
        return {};
    return std::string_view(bytes_).substr(byte_begin_[index],
                                           byte_begin_[index + 1] - byte_begin_[index]);
}

std::optional<TokenId> BpeModel::id_of(std::string_view token) const
{
    return tokens_.find(token);
}

} // namespace lyceum::text
