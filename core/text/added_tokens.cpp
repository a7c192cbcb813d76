#include "core/text/added_tokens.h"

#include <algorithm>

namespace lyceum::text {

AddedTokenFinder::AddedTokenFinder(std::span<const AddedToken> tokens)
{
    for (const AddedToken& token : tokens) {
        if (token.content.empty())
            continue;
        by_first_byte_[static_cast<std::uint8_t>(token.content.front())].push_back(token);
        empty_ = false;
    }
    for (auto& bucket : by_first_byte_)
        std::ranges::stable_sort(bucket, std::ranges::greater{},
                                 [](const AddedToken& token) { return token.content.size(); });
}

const AddedToken* AddedTokenFinder::match_at(std::string_view rest, bool parse_special) const
{
    for (const AddedToken& token : by_first_byte_[static_cast<std::uint8_t>(rest.front())])
        if ((parse_special || !token.special) && rest.starts_with(token.content))
            return &token;
    return nullptr;
}

void AddedTokenFinder::split(std::string_view text, bool parse_special,
                             const std::function<void(std::string_view)>& on_text,
                             const std::function<void(TokenId)>& on_token) const
{
    std::size_t begin = 0; // of the text since the last token
    for (std::size_t i = 0; !empty_ && i < text.size();) {
        const AddedToken* token = match_at(text.substr(i), parse_special);
        if (token == nullptr) {
            ++i;
            continue;
        }
        if (i > begin)
            on_text(text.substr(begin, i - begin));
        on_token(token->id);
        i += token->content.size();
        begin = i;
    }
    if (begin < text.size())
        on_text(text.substr(begin));
}

} // namespace lyceum::text
