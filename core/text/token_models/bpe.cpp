#include "core/text/token_models/bpe.h"

#include "core/text/byte_level.h"
#include "core/text/utf8.h"

#include <queue>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace lyceum::text {
namespace {

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

BpeModel::BpeModel(TokenTable table, const TokenizerSpec& spec, bool takes_bytes)
    : tokens_(std::move(table))
    , unknown_(spec.encode_unknown ? spec.unknown : std::nullopt)
    , prefix_(spec.continuing_subword_prefix)
    , suffix_(spec.end_of_word_suffix)
    , takes_bytes_(takes_bytes)
    , ignore_merges_(spec.ignore_merges)
    , byte_fallback_(spec.byte_fallback)
    , fuse_unknown_(spec.fuse_unknown)
{
    for (std::size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
        const char letter = static_cast<char>(byte);
        byte_tokens_[byte] =
            tokens_.find(to_byte_alphabet(std::string_view(&letter, 1))).value_or(-1);
        ascii_tokens_[byte] = byte < 128 ? tokens_.find({&letter, 1}).value_or(-1) : -1;
        fallback_[byte] = tokens_.find(byte_token(static_cast<std::uint8_t>(byte))).value_or(-1);
    }
}

Result<TokenModelPtr> BpeModel::create(const TokenizerSpec& spec, bool takes_bytes)
{
    LYCEUM_ASSIGN(TokenTable table, TokenTable::create(spec));
    std::unique_ptr<BpeModel> model(new BpeModel(std::move(table), spec, takes_bytes));
    LYCEUM_TRY(model->add_merges(spec));
    return TokenModelPtr(std::move(model));
}

std::optional<MergeParts> split_merge(std::string_view merge, std::size_t prefix_size,
                                      FunctionRef<std::optional<TokenId>(std::string_view)> find)
{
    std::string whole;
    for (std::size_t space = merge.find(' '); space != std::string_view::npos;
         space = merge.find(' ', space + 1)) {
        const std::string_view left = merge.substr(0, space);
        const std::string_view right = merge.substr(space + 1);
        if (right.size() < prefix_size)
            continue;
        const auto left_id = find(left);
        const auto right_id = left_id ? find(right) : std::nullopt;
        if (!right_id)
            continue;
        whole.assign(left).append(right.substr(prefix_size));
        if (const auto whole_id = find(whole))
            return MergeParts{left, right, *left_id, *right_id, *whole_id};
    }
    return std::nullopt;
}

Result<void> BpeModel::add_merges(const TokenizerSpec& spec)
{
    merges_.resize(table_size(spec.merges.size()));
    merge_mask_ = merges_.size() - 1;
    const auto find = [this](std::string_view token) { return tokens_.find(token); };
    for (std::size_t rank = 0; rank < spec.merges.size(); ++rank) {
        const std::string& merge = spec.merges[rank];
        const auto parts = split_merge(merge, prefix_.size(), find);
        if (!parts)
            return Error{ErrorCode::InvalidData,
                         "Merge " + std::to_string(rank) + " of the tokenizer, \"" + merge +
                             "\", is not two tokens of its vocabulary that make a third.",
                         ""};
        const std::uint64_t pair = pair_of(parts->left_id, parts->right_id);
        merges_[merge_slot(pair)] = {
            .pair = pair, .rank = static_cast<std::uint32_t>(rank), .result = parts->whole_id};
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

std::optional<TokenId> BpeModel::whole(std::string_view piece) const
{
    return tokens_.find(takes_bytes_ ? to_byte_alphabet(piece) : piece);
}

void BpeModel::encode(std::string_view piece, std::vector<ModelToken>& tokens) const
{
    if (ignore_merges_) {
        if (const auto id = whole(piece)) {
            tokens.push_back({*id, 0, static_cast<std::uint32_t>(piece.size())});
            return;
        }
    }
    const std::size_t begin = tokens.size();
    if (takes_bytes_)
        append_bytes(piece, tokens);
    else
        append_characters(piece, tokens);
    if (tokens.size() - begin <= kShortPiece)
        merge_short(tokens, begin);
    else
        merge_long(tokens, begin);
}

void BpeModel::append_bytes(std::string_view piece, std::vector<ModelToken>& tokens) const
{
    std::uint32_t position = 0;
    for (const char byte : piece) {
        const TokenId id = byte_tokens_[static_cast<std::uint8_t>(byte)];
        if (id >= 0)
            tokens.push_back({id, position, position + 1});
        ++position;
    }
}

std::optional<TokenId> BpeModel::find_character(std::string_view written) const
{
    if (written.size() != 1)
        return tokens_.find(written);
    const TokenId id = ascii_tokens_[static_cast<std::uint8_t>(written[0])];
    return id < 0 ? std::nullopt : std::optional(id);
}

/// The bytes of a character as tokens, when all of them are.
bool BpeModel::append_fallback(std::string_view written, std::uint32_t& position,
                               std::vector<ModelToken>& tokens) const
{
    const auto token_of = [this](char c) { return fallback_[static_cast<std::uint8_t>(c)]; };
    if (!byte_fallback_ || !std::ranges::all_of(written, [&](char c) { return token_of(c) >= 0; }))
        return false;
    for (const char c : written) {
        tokens.push_back({token_of(c), position, position + 1});
        ++position;
    }
    return true;
}

/// Ranges add up as the reference's: what is left out moves those behind it.
void BpeModel::append_characters(std::string_view piece, std::vector<ModelToken>& tokens) const
{
    std::uint32_t position = 0;
    std::uint32_t unknown_size = 0; // of the unknown token that waits; 0: none
    const auto add = [&](TokenId id, std::uint32_t size) {
        tokens.push_back({id, position, position + size});
        position += size;
    };
    const auto flush = [&] {
        if (unknown_size > 0)
            add(*unknown_, std::exchange(unknown_size, 0));
    };
    std::string decorated;
    for (std::size_t i = 0; i < piece.size();) {
        const auto size = static_cast<std::uint32_t>(decode_utf8(piece, i).length);
        const bool is_last = i + size == piece.size();
        std::string_view written = piece.substr(i, size);
        if ((i > 0 && !prefix_.empty()) || (is_last && !suffix_.empty())) {
            decorated = (i > 0 ? prefix_ : std::string());
            decorated.append(written).append(is_last ? suffix_ : std::string());
            written = decorated;
        }
        i += size;
        if (const auto id = find_character(written)) {
            flush();
            add(*id, size);
        } else if (!append_fallback(written, position, tokens) && unknown_) {
            if (!fuse_unknown_)
                flush();
            unknown_size += size;
        }
    }
    flush();
}

/// Merges tokens[begin..] in place, the pair of lowest rank first, leftmost among equals.
void BpeModel::merge_short(std::vector<ModelToken>& tokens, std::size_t begin) const
{
    std::size_t count = tokens.size() - begin;
    if (count < 2)
        return;
    ModelToken* symbols = tokens.data() + begin;
    std::array<const Merge*, kShortPiece> merges; // merges[i]: of symbols i and i + 1
    for (std::size_t i = 0; i + 1 < count; ++i)
        merges[i] = find_merge(symbols[i].id, symbols[i + 1].id);
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
        symbols[best].id = merges[best]->result;
        symbols[best].end = symbols[best + 1].end;
        --count;
        for (std::size_t i = best + 1; i < count; ++i) {
            symbols[i] = symbols[i + 1];
            merges[i - 1] = merges[i];
        }
        if (best > 0)
            merges[best - 1] = find_merge(symbols[best - 1].id, symbols[best].id);
        if (best + 1 < count)
            merges[best] = find_merge(symbols[best].id, symbols[best + 1].id);
    }
    tokens.resize(begin + count);
}

/// A symbol in the list of a long piece; merged away when `id` is negative.
struct BpeModel::Symbol {
    TokenId id = -1;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
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
void BpeModel::merge_long(std::vector<ModelToken>& tokens, std::size_t begin) const
{
    std::vector<Symbol> symbols(tokens.size() - begin);
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
        const ModelToken& token = tokens[begin + i];
        symbols[i] = {.id = token.id,
                      .begin = token.begin,
                      .end = token.end,
                      .previous = position - 1,
                      .next = -1};
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
        left.end = right.end;
        left.next = right.next;
        right.id = -1;
        if (left.next >= 0)
            symbols[static_cast<std::size_t>(left.next)].previous = best.left;
        offer(left.previous, best.left);
        offer(best.left, left.next);
    }
    tokens.resize(begin);
    for (const Symbol& symbol : symbols)
        if (symbol.id >= 0)
            tokens.push_back({symbol.id, symbol.begin, symbol.end});
}

std::optional<TokenId> BpeModel::id_of(std::string_view token) const
{
    return tokens_.find(token);
}

} // namespace lyceum::text
