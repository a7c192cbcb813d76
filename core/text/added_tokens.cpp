#include "core/text/added_tokens.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <iterator>

namespace lyceum::text {
namespace {

/// The begin of the character that ends at `end`, which is not 0.
std::size_t character_before(std::string_view text, std::size_t end)
{
    do
        --end;
    while (end > 0 && (text[end] & 0xC0) == 0x80);
    return end;
}

bool in_word(std::string_view text, std::size_t begin, std::size_t end)
{
    return (begin > 0 && is_word(decode_utf8(text, character_before(text, begin)).value)) ||
           (end < text.size() && is_word(decode_utf8(text, end).value));
}

/// Where the white space that ends at `end` begins.
std::size_t spaces_begin(std::string_view text, std::size_t end)
{
    while (end > 0) {
        const std::size_t before = character_before(text, end);
        if (!is_whitespace(decode_utf8(text, before).value))
            break;
        end = before;
    }
    return end;
}

std::size_t spaces_end(std::string_view text, std::size_t begin)
{
    while (begin < text.size()) {
        const CodePoint point = decode_utf8(text, begin);
        if (!is_whitespace(point.value))
            break;
        begin += point.length;
    }
    return begin;
}

} // namespace

AddedTokenFinder::AddedTokenFinder(std::span<const AddedToken> tokens)
{
    std::ranges::copy_if(tokens, std::back_inserter(tokens_),
                         [](const AddedToken& token) { return !token.content.empty(); });
    std::ranges::stable_sort(tokens_, {}, &AddedToken::content);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        Range& range = by_first_byte_[static_cast<std::uint8_t>(tokens_[i].content.front())];
        range = {range.end == 0 ? i : range.begin, i + 1};
    }
}

const AddedToken* AddedTokenFinder::match_at(std::string_view rest) const
{
    Range range = by_first_byte_[static_cast<std::uint8_t>(rest.front())];
    const AddedToken* longest = nullptr;
    for (std::size_t depth = 1; range.begin < range.end; ++depth) {
        const AddedToken& first = tokens_[range.begin]; // One that ends here sorts first.
        if (first.content.size() == depth)
            longest = &first;
        if (depth == rest.size())
            break;
        const auto byte_at_depth = [depth](const AddedToken& token) {
            return token.content.size() > depth
                       ? int{static_cast<std::uint8_t>(token.content[depth])}
                       : -1;
        };
        const std::span<const AddedToken> tokens(tokens_.data() + range.begin,
                                                 range.end - range.begin);
        const auto next = std::ranges::equal_range(
            tokens, int{static_cast<std::uint8_t>(rest[depth])}, {}, byte_at_depth);
        const auto skipped = static_cast<std::size_t>(next.begin() - tokens.begin());
        range = {range.begin + skipped, range.begin + skipped + next.size()};
    }
    return longest;
}

void AddedTokenFinder::split(
    std::string_view text, bool parse_special,
    FunctionRef<void(std::size_t begin, std::size_t end)> on_text,
    FunctionRef<void(TokenId id, std::size_t begin, std::size_t end)> on_token) const
{
    std::size_t rest = 0; // begin of the text since the last token
    for (std::size_t i = 0; !tokens_.empty() && i < text.size();) {
        const Range& candidates = by_first_byte_[static_cast<std::uint8_t>(text[i])];
        const AddedToken* token =
            candidates.begin < candidates.end ? match_at(text.substr(i)) : nullptr;
        if (token == nullptr) {
            ++i;
            continue;
        }
        std::size_t begin = i;
        std::size_t end = i + token->content.size();
        i = end;
        if ((token->special && !parse_special) || (token->single_word && in_word(text, begin, end)))
            continue;
        if (token->lstrip)
            begin = std::max(spaces_begin(text, begin), rest);
        if (token->rstrip)
            end = spaces_end(text, end);
        if (begin > rest)
            on_text(rest, begin);
        on_token(token->id, begin, end);
        rest = end;
    }
    if (rest < text.size())
        on_text(rest, text.size());
}

} // namespace lyceum::text
