#include "core/text/normalizers/precompiled.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <array>

namespace lyceum::text {
namespace {

std::optional<std::string> decode_base64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    while (text.ends_with('='))
        text.remove_suffix(1);
    for (const char c : text) {
        constexpr std::string_view kDigits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos)
            return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        if (++count % 4 != 1)
            bytes.push_back(
                static_cast<char>(bits >> (2U * (3U - static_cast<unsigned>((count - 1) % 4)))));
    }
    return bytes;
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at)
{
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i)
        value |= std::uint32_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
    return value;
}

// The parts of a unit of the trie (darts.h of the Darts-clone library).
bool has_leaf(std::uint32_t unit)
{
    return ((unit >> 8U) & 1U) == 1;
}

std::uint32_t value_of(std::uint32_t unit)
{
    return unit & 0x7FFFFFFFU;
}

std::uint32_t label_of(std::uint32_t unit)
{
    return unit & 0x800000FFU;
}

std::size_t offset_of(std::uint32_t unit)
{
    return std::size_t{unit >> 10U} << ((unit & (1U << 9U)) >> 6U);
}

/// The changes that make `with` of the characters of `part`: surplus ones are inserted at the end,
/// those that are too many go with the last.
void append_changes(std::string_view part, std::string_view with,
                    std::vector<CharacterChange>& changes)
{
    int old_count = 0;
    for (std::size_t i = 0; i < part.size(); i += decode_utf8(part, i).length)
        ++old_count;
    const std::size_t first = changes.size();
    for (std::size_t i = 0; i < with.size();) {
        const CodePoint point = decode_utf8(with, i);
        changes.push_back({point.value, 0});
        i += point.length;
    }
    const int difference = static_cast<int>(changes.size() - first) - old_count;
    for (int i = 0; i < difference; ++i)
        (changes.end() - 1 - i)->change = 1;
    if (difference < 0 && !changes.empty())
        changes.back().change += difference;
}

} // namespace

Result<NormalizerPtr> PrecompiledMap::read(const PartReader& part)
{
    LYCEUM_ASSIGN(const std::string base64, part.text("precompiled_charsmap"));
    const auto bytes = decode_base64(base64);
    if (!bytes || bytes->size() < 4)
        return part.invalid("has a precompiled_charsmap that is not base64");
    const std::size_t trie_bytes = read_u32(*bytes, 0);
    if (trie_bytes % 4 != 0 || trie_bytes == 0 || trie_bytes > bytes->size() - 4)
        return part.invalid("has a precompiled_charsmap of " + std::to_string(bytes->size()) +
                            " bytes with a trie of " + std::to_string(trie_bytes));
    auto map = std::make_unique<PrecompiledMap>();
    for (std::size_t at = 4; at < 4 + trie_bytes; at += 4)
        map->trie_.push_back(read_u32(*bytes, at));
    map->replacements_ = bytes->substr(4 + trie_bytes);
    if (!is_valid_utf8(map->replacements_))
        return part.invalid("has replacements that are not UTF-8");
    return NormalizerPtr(std::move(map));
}

/// What replaces the shortest beginning of `chunk` that is in the trie.
std::optional<std::string_view> PrecompiledMap::find(std::string_view chunk) const
{
    std::size_t node = offset_of(trie_[0]);
    for (const char c : chunk) {
        const std::uint32_t byte = static_cast<std::uint8_t>(c);
        node ^= byte;
        if (byte == 0 || node >= trie_.size() || label_of(trie_[node]) != byte)
            return std::nullopt;
        const std::uint32_t unit = trie_[node];
        node ^= offset_of(unit);
        if (!has_leaf(unit))
            continue;
        const std::size_t begin = node < trie_.size() ? value_of(trie_[node]) : 0;
        if (node >= trie_.size() || begin >= replacements_.size())
            return std::nullopt;
        const std::string_view rest = std::string_view(replacements_).substr(begin);
        return is_valid_utf8(rest.substr(0, rest.find('\0')))
                   ? std::optional(rest.substr(0, rest.find('\0')))
                   : std::nullopt;
    }
    return std::nullopt;
}

void PrecompiledMap::normalize(AlignedText& text) const
{
    constexpr std::size_t kLongestCluster = 5;
    const std::string_view source = text.text();
    std::vector<CharacterChange> changes;
    changes.reserve(source.size());
    bool modified = false;
    for (std::size_t begin = 0; begin < source.size();) {
        const std::string_view rest = source.substr(begin);
        const std::string_view cluster = rest.substr(0, first_grapheme(rest));
        begin += cluster.size();
        const auto whole = cluster.size() <= kLongestCluster ? find(cluster) : std::nullopt;
        if (whole) {
            append_changes(cluster, *whole, changes);
            modified = true;
            continue;
        }
        for (std::size_t i = 0; i < cluster.size();) {
            const CodePoint point = decode_utf8(cluster, i);
            const std::string_view one = cluster.substr(i, point.length);
            if (const auto with = find(one)) {
                append_changes(one, *with, changes);
                modified = true;
            } else {
                changes.push_back({point.value, 0});
            }
            i += point.length;
        }
    }
    if (modified)
        text.transform(changes);
}

} // namespace lyceum::text
