#include "core/text/tokenizer.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <utility>

namespace lyceum::text {
namespace {

/// Bytes of `text` before a character that is cut off at its end.
std::size_t complete_size(std::string_view text)
{
    constexpr std::size_t kLongestCut = 3;
    std::size_t begin = text.size() - std::min(text.size(), kLongestCut);
    for (; begin < text.size(); ++begin) {
        const CodePoint point = decode_utf8(text, begin);
        if (point.state == Utf8State::Truncated)
            return begin;
    }
    return text.size();
}

/// "<0x0A>": with bytes behind it it may be another character, or none.
bool is_byte_token(std::string_view token)
{
    return token.size() == 6 && token.starts_with("<0x") && token.ends_with('>');
}

/// What `text` has beyond `before`, which is its beginning unless bytes that were characters are
/// none any more; whole characters in any case.
std::string beyond(std::string_view text, std::string_view before)
{
    std::size_t begin = std::min(before.size(), text.size());
    while (begin < text.size() && (text[begin] & 0xC0) == 0x80)
        ++begin;
    return std::string(text.substr(begin));
}

} // namespace

StreamDecoder::StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer))
{
}

std::string StreamDecoder::push(TokenId id)
{
    if (tokenizer_->is_special(id))
        return {};
    return tokenizer_->decodes_bytes() ? push_bytes(id) : push_token(id);
}

std::string StreamDecoder::push_bytes(TokenId id)
{
    pending_ += tokenizer_->token_bytes(id);
    const std::size_t complete = complete_size(pending_);
    std::string text = to_valid_utf8(std::string_view(pending_).substr(0, complete));
    pending_.erase(0, complete);
    return text;
}

/// A token's text depends on the ones before it: the tokens emitted last are decoded again with the
/// new ones, and what is more than before is new.
std::string StreamDecoder::push_token(TokenId id)
{
    constexpr std::size_t kLongestWait = 256; // of tokens that never become a character
    window_.push_back(id);
    const std::span<const TokenId> emitted(window_.data(), num_emitted_);
    const std::string before = tokenizer_->decode(emitted);
    const std::string text = tokenizer_->decode(window_);
    const bool may_change =
        text.ends_with("\xEF\xBF\xBD") || is_byte_token(tokenizer_->token_text(id));
    const bool waits = may_change && window_.size() - num_emitted_ < kLongestWait;
    if (waits || text.size() <= before.size())
        return {};
    window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(num_emitted_));
    num_emitted_ = window_.size();
    return beyond(text, before);
}

std::string StreamDecoder::flush()
{
    if (tokenizer_->decodes_bytes())
        return to_valid_utf8(std::exchange(pending_, {}));
    const std::span<const TokenId> emitted(window_.data(), num_emitted_);
    const std::string before = tokenizer_->decode(emitted);
    const std::string text = tokenizer_->decode(window_);
    window_.clear();
    num_emitted_ = 0;
    return beyond(text, before);
}

} // namespace lyceum::text
