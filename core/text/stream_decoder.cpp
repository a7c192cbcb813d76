#include "core/text/tokenizer.h"
#include "core/text/utf8.h"

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

} // namespace

StreamDecoder::StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer))
{
}

std::string StreamDecoder::push(TokenId id)
{
    if (tokenizer_->is_special(id))
        return {};
    pending_ += tokenizer_->token_bytes(id);
    const std::size_t complete = complete_size(pending_);
    std::string text = to_valid_utf8(std::string_view(pending_).substr(0, complete));
    pending_.erase(0, complete);
    return text;
}

std::string StreamDecoder::flush()
{
    return to_valid_utf8(std::exchange(pending_, {}));
}

} // namespace lyceum::text
