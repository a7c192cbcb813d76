#include "core/text/tokenizer_spec_checks.h"

namespace lyceum::text {
namespace {

constexpr TokenId kMaxTokenId = (TokenId{1} << 22U) - 1;

} // namespace

Result<void> place_added_tokens(TokenizerSpec& spec)
{
    for (AddedToken& token : spec.added_tokens) {
        if (token.id < 0 || token.id > kMaxTokenId)
            return Error{ErrorCode::InvalidData,
                         "The added token \"" + token.content + "\" has the id " +
                             std::to_string(token.id) + ".",
                         ""};
        const auto index = static_cast<std::size_t>(token.id);
        if (index >= spec.vocabulary.size())
            spec.vocabulary.resize(index + 1);
        std::string& place = spec.vocabulary[index];
        if (place.empty()) {
            place = token.content;
            token.in_model = false;
        }
        if (place != token.content)
            return Error{ErrorCode::InvalidData,
                         "The added token \"" + token.content + "\" has the id " +
                             std::to_string(token.id) + ", which is \"" + place +
                             "\" in the vocabulary.",
                         ""};
    }
    return {};
}

Result<void> check_id(const char* name, const std::optional<TokenId>& id, std::size_t size)
{
    if (id && (*id < 0 || static_cast<std::size_t>(*id) >= size))
        return Error{ErrorCode::InvalidData,
                     std::string("The tokenizer's ") + name + " token is " + std::to_string(*id) +
                         ", outside its " + std::to_string(size) + " tokens.",
                     ""};
    return {};
}

Result<void> check_ids(const TokenizerSpec& spec)
{
    const std::size_t size = spec.vocabulary.size();
    LYCEUM_TRY(check_id("bos", spec.bos, size));
    LYCEUM_TRY(check_id("eos", spec.eos, size));
    LYCEUM_TRY(check_id("pad", spec.pad, size));
    LYCEUM_TRY(check_id("unknown", spec.unknown, size));
    if (spec.add_bos && !spec.bos)
        return Error{ErrorCode::InvalidData,
                     "The tokenizer begins texts with a bos token, but names none.", ""};
    return {};
}

} // namespace lyceum::text
