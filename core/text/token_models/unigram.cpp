#include "core/text/token_models/unigram.h"

#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace lyceum::text {
namespace {

constexpr double kUnknownPenalty = 10.0; // kUnkPenalty of sentencepiece

/// `score` as the reference has it from a file: serde_json (src/de.rs, f64_from_parts) rounds the
/// digits to a number and then its quotient, which may be the next number to the one that is
/// written. Where two ways to cut a piece score alike, that decides.
double as_reference_reads(double score)
{
    constexpr int kLargestExponent = 308;
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), score, std::chars_format::scientific)
            .ptr;
    std::uint64_t digits = 0;
    int exponent = 0;
    const char* at = text.data();
    bool in_fraction = false;
    for (; at < end && *at != 'e'; ++at) {
        in_fraction = in_fraction || *at == '.';
        if (*at < '0' || *at > '9')
            continue;
        digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
        exponent -= in_fraction ? 1 : 0;
    }
    int written = 0;
    if (at + 1 < end) // from_chars takes no plus sign.
        std::from_chars(at + (at[1] == '+' ? 2 : 1), end, written);
    exponent += written;
    if (!std::isfinite(score) || std::abs(exponent) > kLargestExponent)
        return score;
    const double power = std::pow(10.0, std::abs(exponent));
    const auto value = static_cast<double>(digits);
    return std::copysign(exponent < 0 ? value / power : value * power, score);
}

std::size_t two_bytes(std::string_view text)
{
    return std::size_t{static_cast<std::uint8_t>(text[0])} << 8U |
           static_cast<std::uint8_t>(text[1]);
}

} // namespace

UnigramModel::UnigramModel(TokenTable table, const TokenizerSpec& spec)
    : tokens_(std::move(table))
    , vocabulary_(spec.vocabulary)
    , scores_(spec.scores)
    , unknown_(*spec.unknown)
{
    double lowest = std::numeric_limits<double>::infinity();
    for (double& score : scores_) {
        score = as_reference_reads(score);
        lowest = std::min(lowest, score);
    }
    unknown_score_ = lowest - kUnknownPenalty;
    index_tokens(spec);
}

Result<TokenModelPtr> UnigramModel::create(const TokenizerSpec& spec)
{
    const auto invalid = [](const std::string& what) {
        return Error{ErrorCode::InvalidData, "The tokenizer's Unigram model " + what + ".", ""};
    };
    if (!spec.unknown || static_cast<std::size_t>(*spec.unknown) >= spec.scores.size())
        return invalid("names no unknown token of its vocabulary");
    if (spec.scores.size() > spec.vocabulary.size())
        return invalid("has " + std::to_string(spec.scores.size()) + " scores for " +
                       std::to_string(spec.vocabulary.size()) + " tokens");
    LYCEUM_ASSIGN(TokenTable table, TokenTable::create(spec));
    return TokenModelPtr(new UnigramModel(std::move(table), spec));
}

void UnigramModel::index_tokens(const TokenizerSpec& spec)
{
    by_byte_.fill(-1);
    for (std::size_t id = 0; id < scores_.size(); ++id) {
        const std::string& token = vocabulary_[id];
        if (token.size() == 1)
            by_byte_[static_cast<std::uint8_t>(token[0])] = static_cast<TokenId>(id);
        else if (!token.empty())
            sorted_.push_back(static_cast<TokenId>(id));
    }
    std::ranges::sort(sorted_, {},
                      [this](TokenId id) { return vocabulary_[static_cast<std::size_t>(id)]; });
    by_two_bytes_.resize(65536);
    for (std::uint32_t i = 0; i < sorted_.size(); ++i) {
        Range& range = by_two_bytes_[two_bytes(vocabulary_[static_cast<std::size_t>(sorted_[i])])];
        range = {range.end == 0 ? i : range.begin, i + 1};
    }
    if (!spec.byte_fallback)
        return;
    for (int byte = 0; byte < 256; ++byte)
        byte_tokens_.push_back(
            tokens_.find(byte_token(static_cast<std::uint8_t>(byte))).value_or(-1));
}

UnigramModel::Range UnigramModel::narrow(Range range, std::size_t depth, char byte) const
{
    const auto at = [this, depth](TokenId id) {
        const std::string& token = vocabulary_[static_cast<std::size_t>(id)];
        return token.size() > depth ? int{static_cast<std::uint8_t>(token[depth])} : -1;
    };
    const std::span<const TokenId> tokens(sorted_.data() + range.begin, range.end - range.begin);
    const auto found =
        std::ranges::equal_range(tokens, int{static_cast<std::uint8_t>(byte)}, {}, at);
    const auto begin = static_cast<std::uint32_t>(found.begin() - tokens.begin());
    return {range.begin + begin, range.begin + begin + static_cast<std::uint32_t>(found.size())};
}

/// Offers every token at `begin` to where it ends. @return whether one is the character alone.
bool UnigramModel::offer_tokens(std::string_view piece, std::size_t begin, std::size_t length,
                                std::vector<Node>& nodes) const
{
    const double so_far = nodes[begin].score;
    bool has_single = false;
    const auto offer = [&](TokenId id, std::size_t size) {
        Node& target = nodes[begin + size];
        const double score = scores_[static_cast<std::size_t>(id)] + so_far;
        if (target.id < 0 || score > target.score)
            target = {score, static_cast<std::uint32_t>(begin), id};
        has_single = has_single || size == length;
    };
    const std::string_view rest = piece.substr(begin);
    if (const TokenId id = by_byte_[static_cast<std::uint8_t>(rest[0])]; id >= 0)
        offer(id, 1);
    if (rest.size() < 2)
        return has_single;
    Range range = by_two_bytes_[two_bytes(rest)];
    for (std::size_t depth = 2; range.begin < range.end; ++depth) {
        const TokenId first = sorted_[range.begin]; // The one that ends here sorts first.
        if (vocabulary_[static_cast<std::size_t>(first)].size() == depth)
            offer(first, depth);
        if (depth == rest.size())
            break;
        range = narrow(range, depth, rest[depth]);
    }
    return has_single;
}

std::vector<UnigramModel::Node> UnigramModel::find_best(std::string_view piece) const
{
    std::vector<Node> nodes(piece.size() + 1);
    for (std::size_t begin = 0; begin < piece.size();) {
        const std::size_t length = decode_utf8(piece, begin).length;
        if (!offer_tokens(piece, begin, length, nodes)) {
            Node& target = nodes[begin + length];
            const double score = unknown_score_ + nodes[begin].score;
            if (target.id < 0 || score > target.score)
                target = {score, static_cast<std::uint32_t>(begin), unknown_};
        }
        begin += length;
    }
    return nodes;
}

void UnigramModel::append(std::string_view text, std::size_t begin,
                          std::vector<ModelToken>& tokens) const
{
    const auto first = static_cast<std::uint32_t>(begin);
    const auto last = static_cast<std::uint32_t>(begin + text.size());
    const auto id = tokens_.find(text);
    const bool falls_back =
        !id && !byte_tokens_.empty() && std::ranges::all_of(text, [this](char c) {
            return byte_tokens_[static_cast<std::uint8_t>(c)] >= 0;
        });
    if (!falls_back) {
        tokens.push_back({id.value_or(unknown_), first, last});
        return;
    }
    for (const char c : text)
        tokens.push_back({byte_tokens_[static_cast<std::uint8_t>(c)], first, last});
}

/// Unknown characters beside each other are one token.
void UnigramModel::encode(std::string_view piece, std::vector<ModelToken>& tokens) const
{
    const std::vector<Node> nodes = find_best(piece);
    std::vector<std::uint32_t> ends;
    for (std::size_t end = piece.size(); end > 0;) {
        const Node& node = nodes[end];
        ends.push_back(static_cast<std::uint32_t>(end));
        end = node.begin;
        while (node.id == unknown_ && end > 0 && nodes[end].id == unknown_)
            end = nodes[end].begin;
    }
    std::size_t begin = 0;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
        append(piece.substr(begin, *end - begin), begin, tokens);
        begin = *end;
    }
}

std::optional<TokenId> UnigramModel::id_of(std::string_view token) const
{
    return tokens_.find(token);
}

} // namespace lyceum::text
