#include "core/text/utf8.h"

#include <cstring>

namespace lyceum::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept
{
    return static_cast<std::uint8_t>(text[index]);
}

/// How many bytes follow a lead byte, and the bounds of the first of them (RFC 3629, section 4).
struct LeadByte {
    std::size_t num_following = 0; ///< 0: not a lead byte.
    std::uint8_t lowest = 0x80;
    std::uint8_t highest = 0xBF;
};

LeadByte classify(std::uint8_t lead) noexcept
{
    if (lead >= 0xC2 && lead <= 0xDF)
        return {.num_following = 1};
    if (lead == 0xE0)
        return {.num_following = 2, .lowest = 0xA0};
    if (lead == 0xED)
        return {.num_following = 2, .highest = 0x9F};
    if (lead >= 0xE1 && lead <= 0xEF)
        return {.num_following = 2};
    if (lead == 0xF0)
        return {.num_following = 3, .lowest = 0x90};
    if (lead >= 0xF1 && lead <= 0xF3)
        return {.num_following = 3};
    if (lead == 0xF4)
        return {.num_following = 3, .highest = 0x8F};
    return {};
}

/// Offset of the first byte from `start` on that is not ASCII.
std::size_t skip_ascii(std::string_view text, std::size_t start) noexcept
{
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    for (std::uint64_t word = 0; start + sizeof word <= text.size(); start += sizeof word) {
        std::memcpy(&word, text.data() + start, sizeof word);
        if ((word & kHighBits) != 0)
            break;
    }
    while (start < text.size() && byte_at(text, start) < 0x80)
        ++start;
    return start;
}

} // namespace

CodePoint decode_utf8_sequence(std::string_view text, std::size_t offset) noexcept
{
    const std::uint8_t first = byte_at(text, offset);
    LeadByte lead = classify(first);
    if (lead.num_following == 0)
        return {.value = kReplacement, .length = 1, .state = Utf8State::Invalid};

    auto value = static_cast<char32_t>(first & (0x3FU >> lead.num_following));
    for (std::size_t i = 1; i <= lead.num_following; ++i) {
        if (offset + i >= text.size())
            return {.value = kReplacement, .length = i, .state = Utf8State::Truncated};
        const std::uint8_t next = byte_at(text, offset + i);
        if (next < lead.lowest || next > lead.highest)
            return {.value = kReplacement, .length = i, .state = Utf8State::Invalid};
        value = (value << 6U) | (next & 0x3FU);
        lead.lowest = 0x80;
        lead.highest = 0xBF;
    }
    return {.value = value, .length = lead.num_following + 1};
}

void append_utf8(std::string& text, char32_t code_point)
{
    const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6U));
        put(0x80 | (code_point & 0x3FU));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12U));
        put(0x80 | ((code_point >> 6U) & 0x3FU));
        put(0x80 | (code_point & 0x3FU));
    } else {
        put(0xF0 | (code_point >> 18U));
        put(0x80 | ((code_point >> 12U) & 0x3FU));
        put(0x80 | ((code_point >> 6U) & 0x3FU));
        put(0x80 | (code_point & 0x3FU));
    }
}

bool is_valid_utf8(std::string_view text) noexcept
{
    for (std::size_t i = skip_ascii(text, 0); i < text.size(); i = skip_ascii(text, i)) {
        const CodePoint point = decode_utf8(text, i);
        if (point.state != Utf8State::Valid)
            return false;
        i += point.length;
    }
    return true;
}

std::string to_valid_utf8(std::string_view bytes)
{
    std::string result;
    result.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const CodePoint point = decode_utf8(bytes, i);
        append_utf8(result, point.value);
        i += point.length;
    }
    return result;
}

} // namespace lyceum::text
