#include "core/text/token_models/word_piece.h"

#include <algorithm>

namespace lyceum::text {

WordPieceModel::WordPieceModel(TokenTable table, const TokenizerSpec& spec)
    : tokens_(std::move(table))
    , unknown_(*spec.unknown)
    , prefix_(spec.continuing_subword_prefix)
    , max_characters_(spec.max_input_chars_per_word)
    , whole_only_(spec.model == ModelKind::WordLevel)
{
}

Result<TokenModelPtr> WordPieceModel::create(const TokenizerSpec& spec)
{
    if (!spec.unknown)
        return Error{ErrorCode::InvalidData,
                     "The tokenizer's vocabulary does not have its unknown token.",
                     "Add it to the vocabulary: words that cannot be cut become it."};
    LYCEUM_ASSIGN(TokenTable table, TokenTable::create(spec));
    return TokenModelPtr(new WordPieceModel(std::move(table), spec));
}

std::optional<ModelToken> WordPieceModel::longest(std::string_view piece, std::size_t begin) const
{
    std::string candidate = begin > 0 ? prefix_ : std::string();
    const std::size_t head = candidate.size();
    candidate += piece.substr(begin, std::max(tokens_.longest(), head) - head);
    if (begin + candidate.size() - head < piece.size()) // Longer than any token, perhaps cut within
        while (candidate.size() > head && (piece[begin + candidate.size() - head] & 0xC0) == 0x80)
            candidate.pop_back(); // a character.
    while (candidate.size() > head) {
        if (const auto id = tokens_.find(candidate))
            return ModelToken{*id, static_cast<std::uint32_t>(begin),
                              static_cast<std::uint32_t>(begin + candidate.size() - head)};
        while (candidate.size() > head && (candidate.back() & 0xC0) == 0x80)
            candidate.pop_back();
        if (candidate.size() > head)
            candidate.pop_back();
    }
    return std::nullopt;
}

void WordPieceModel::encode(std::string_view piece, std::vector<ModelToken>& tokens) const
{
    const auto size = static_cast<std::uint32_t>(piece.size());
    if (whole_only_) {
        tokens.push_back({tokens_.find(piece).value_or(unknown_), 0, size});
        return;
    }
    const std::size_t first = tokens.size();
    const auto characters = static_cast<std::size_t>(
        std::ranges::count_if(piece, [](char c) { return (c & 0xC0) != 0x80; }));
    bool is_known = characters <= max_characters_;
    for (std::size_t begin = 0; is_known && begin < piece.size();) {
        const auto token = longest(piece, begin);
        is_known = token.has_value();
        if (!is_known)
            break;
        tokens.push_back(*token);
        begin = token->end;
    }
    if (is_known)
        return;
    tokens.resize(first);
    tokens.push_back({unknown_, 0, size});
}

std::optional<TokenId> WordPieceModel::id_of(std::string_view token) const
{
    return tokens_.find(token);
}

} // namespace lyceum::text
