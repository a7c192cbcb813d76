#include "core/text/byte_level.h"

#include "core/text/utf8.h"

#include <array>
#include <cstdint>

namespace lyceum::text {
namespace {

/// Printable characters of Latin-1 stand for themselves; the other 68 bytes follow from U+0100 on.
constexpr bool stands_for_itself(unsigned byte)
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::size_t kAlphabetEnd = 0x100 + 68;

constexpr std::array<char32_t, 256> make_characters()
{
    std::array<char32_t, 256> characters{};
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte)
        characters[byte] = stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++;
    return characters;
}

constexpr std::array<char32_t, 256> kCharacters = make_characters();

/// Byte by code point; -1 for those that are not in the alphabet.
constexpr std::array<std::int16_t, kAlphabetEnd> make_bytes()
{
    std::array<std::int16_t, kAlphabetEnd> bytes{};
    bytes.fill(-1);
    for (std::size_t byte = 0; byte < 256; ++byte)
        bytes[kCharacters[byte]] = static_cast<std::int16_t>(byte);
    return bytes;
}

constexpr std::array<std::int16_t, kAlphabetEnd> kBytes = make_bytes();

} // namespace

std::string to_byte_alphabet(std::string_view bytes)
{
    std::string token;
    token.reserve(bytes.size() * 2);
    append_in_byte_alphabet(bytes, token);
    return token;
}

void append_in_byte_alphabet(std::string_view bytes, std::string& token)
{
    for (const char byte : bytes)
        append_utf8(token, kCharacters[static_cast<std::uint8_t>(byte)]);
}

std::vector<std::string> byte_alphabet()
{
    std::vector<std::string> alphabet;
    for (char32_t point = 0; point < kAlphabetEnd; ++point)
        if (kBytes[point] >= 0)
            append_utf8(alphabet.emplace_back(), point);
    return alphabet;
}

bool append_from_byte_alphabet(std::string_view token, std::string& bytes)
{
    const std::size_t size_before = bytes.size();
    for (std::size_t i = 0; i < token.size();) {
        const CodePoint point = decode_utf8(token, i);
        if (point.value >= kAlphabetEnd || kBytes[point.value] < 0) {
            bytes.resize(size_before);
            return false;
        }
        bytes.push_back(static_cast<char>(kBytes[point.value]));
        i += point.length;
    }
    return true;
}

} // namespace lyceum::text
