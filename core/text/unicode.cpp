#include "core/text/unicode.h"

#include "core/text/unicode_tables.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <span>

namespace lyceum::text {
namespace {

bool contains(std::span<const CodePointRange> ranges, char32_t point) noexcept
{
    const auto range = std::ranges::lower_bound(ranges, static_cast<std::uint32_t>(point), {},
                                                &CodePointRange::last);
    return range != ranges.end() && range->first <= point;
}

/// A class of characters, with those below 128 by their bits.
template <const auto& kRanges>
bool is_in(char32_t point) noexcept
{
    static constexpr auto kAscii = [] {
        std::array<bool, 128> members{};
        for (const CodePointRange& range : kRanges)
            for (std::uint32_t c = range.first; c <= range.last && c < members.size(); ++c)
                members[c] = true;
        return members;
    }();
    return point < kAscii.size() ? kAscii[point] : contains(kRanges, point);
}

bool is_ascii(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char32_t lower(char32_t point) noexcept
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
    const auto differs = std::ranges::lower_bound(kLowerCase, static_cast<std::uint32_t>(point), {},
                                                  &LowerCase::upper);
    if (differs != kLowerCase.end() && differs->upper == point)
        return differs->lower;
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point)));
}

/// A character waiting for its place among combining characters.
struct Pending {
    CharacterChange change;
    int combining_class = 0;
};

int combining_class(char32_t point) noexcept
{
    if (point < 0x300 || contains(kNotNormalized, point))
        return 0;
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(point))->combining_class;
}

/// Appends the decomposition of `point`: its first character replaces it, the others are inserted.
void decompose(char32_t point, bool compatibly, std::vector<Pending>& characters)
{
    constexpr int kLongest = 18; // U+FDFA
    utf8proc_int32_t parts[kLongest + 2] = {static_cast<utf8proc_int32_t>(point)};
    utf8proc_ssize_t count = 1;
    if (point >= 0xA0 && !contains(kNotNormalized, point)) {
        const int options =
            UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | (compatibly ? UTF8PROC_COMPAT : 0);
        count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(point), parts, kLongest + 2,
                                        static_cast<utf8proc_option_t>(options), nullptr);
    }
    for (utf8proc_ssize_t i = 0; i < count; ++i) {
        const auto part = static_cast<char32_t>(parts[i]);
        characters.push_back({{part, i == 0 ? 0 : 1}, combining_class(part)});
    }
}

/// The canonical order of combining characters (UAX #15, D108 of the standard).
void order(std::vector<Pending>& characters)
{
    for (auto begin = characters.begin(); begin != characters.end();) {
        if (begin->combining_class == 0) {
            ++begin;
            continue;
        }
        const auto end = std::find_if(begin, characters.end(),
                                      [](const Pending& p) { return p.combining_class == 0; });
        std::stable_sort(begin, end, [](const Pending& a, const Pending& b) {
            return a.combining_class < b.combining_class;
        });
        begin = end;
    }
}

/// The character that two compose to; 0 if none.
char32_t compose(char32_t first, char32_t second) noexcept
{
    if (second < 0x300)
        return 0;
    utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(first),
                                static_cast<utf8proc_int32_t>(second)};
    const auto count = utf8proc_normalize_utf32(
        pair, 2, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const auto made = static_cast<char32_t>(pair[0]);
    return count == 1 && !contains(kNotNormalized, made) ? made : 0;
}

/// Composes in place; a composed character has removed what it is made of.
void compose(std::vector<Pending>& characters)
{
    std::size_t written = 0;
    std::size_t starter = characters.size(); // index among the written; none yet
    int last_class = -1;                     // of what stands between; -1: nothing
    for (const Pending character : characters) {
        if (starter < written && last_class < character.combining_class) {
            Pending& base = characters[starter];
            if (const char32_t made = compose(base.change.character, character.change.character)) {
                base.change.character = made;
                base.change.change += character.change.change - 1;
                continue;
            }
        }
        if (character.combining_class == 0) {
            starter = written;
            last_class = -1;
        } else {
            last_class = character.combining_class;
        }
        characters[written++] = character;
    }
    characters.resize(written);
}

} // namespace

bool is_whitespace(char32_t point) noexcept
{
    return is_in<kSpaces>(point);
}

bool is_numeric(char32_t point) noexcept
{
    return is_in<kNumeric>(point);
}

bool is_word(char32_t point) noexcept
{
    return is_in<kWordCharacters>(point);
}

bool is_punctuation(char32_t point) noexcept
{
    return is_in<kPunctuation>(point);
}

bool is_control(char32_t point) noexcept
{
    return is_in<kControls>(point);
}

bool is_nonspacing_mark(char32_t point) noexcept
{
    return point >= 0x300 && contains(kNonspacingMarks, point);
}

bool is_combining_mark(char32_t point) noexcept
{
    return point >= 0x300 && contains(kCombiningMarks, point);
}

bool is_chinese(char32_t point) noexcept
{
    static constexpr std::array<CodePointRange, 7> kChinese = {{{0x3400, 0x4DBF},
                                                                {0x4E00, 0x9FFF},
                                                                {0xF900, 0xFAFF},
                                                                {0x20000, 0x2A6DF},
                                                                {0x2A700, 0x2B81F},
                                                                {0x2B920, 0x2CEAF},
                                                                {0x2F800, 0x2FA1F}}};
    return point >= 0x3400 && contains(kChinese, point);
}

int script_of(char32_t point) noexcept
{
    const auto* range = std::ranges::lower_bound(kScripts, static_cast<std::uint32_t>(point), {},
                                                 &ScriptRange::last);
    return range != kScripts.end() && range->first <= point ? range->script : 0;
}

void lowercase(AlignedText& text)
{
    TextEditor editor(text.view());
    std::string bytes;
    const auto changes = [](char32_t c) { return c == 0x130 || lower(c) != c; };
    for_each_match(editor, changes, [&](std::size_t length) {
        const char32_t point = decode_utf8(editor.rest(), 0).value;
        bytes.clear();
        append_utf8(bytes, point == 0x130 ? U'i' : lower(point));
        editor.replace(bytes, length);
        if (point == 0x130) // The one that becomes two: i and a dot above.
            editor.insert("\xCC\x87");
    });
    text = editor.finish();
}

void normalize(AlignedText& text, NormalForm form)
{
    if (is_ascii(text.text()))
        return;
    const bool compatibly = form == NormalForm::Nfkd || form == NormalForm::Nfkc;
    const std::string_view source = text.text();
    std::vector<Pending> characters;
    characters.reserve(source.size());
    for (std::size_t i = 0; i < source.size();) {
        const CodePoint point = decode_utf8(source, i);
        decompose(point.value, compatibly, characters);
        i += point.length;
    }
    order(characters);
    if (form == NormalForm::Nfc || form == NormalForm::Nfkc)
        compose(characters);
    std::vector<CharacterChange> changes;
    changes.reserve(characters.size());
    for (const Pending& character : characters)
        changes.push_back(character.change);
    text.transform(changes);
}

std::size_t first_grapheme(std::string_view text) noexcept
{
    const auto is_ascii_at = [&](std::size_t i) {
        return static_cast<std::uint8_t>(text[i]) < 0x80;
    };
    if (is_ascii_at(0) && (text.size() == 1 || is_ascii_at(1)))
        return text.starts_with("\r\n") ? 2 : 1;
    CodePoint before = decode_utf8(text, 0);
    std::size_t end = before.length;
    utf8proc_int32_t state = 0;
    while (end < text.size()) {
        const CodePoint next = decode_utf8(text, end);
        if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before.value),
                                             static_cast<utf8proc_int32_t>(next.value), &state))
            break;
        end += next.length;
        before = next;
    }
    return end;
}

} // namespace lyceum::text
