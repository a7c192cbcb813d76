#include "core/text/jinja/strings.h"

#include "core/text/jinja/operations.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace lyceum::text::jinja {
namespace {

/// Where the last character of a text that is not empty begins.
std::size_t last_character(std::string_view text)
{
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80)
        --begin;
    return begin;
}

template <typename Predicate>
std::string strip_where(std::string_view text, StripEnds ends, Predicate is_stripped)
{
    while (ends != StripEnds::Right && !text.empty()) {
        const CodePoint first = decode_utf8(text, 0);
        if (!is_stripped(first.value))
            break;
        text.remove_prefix(first.length);
    }
    while (ends != StripEnds::Left && !text.empty()) {
        const std::size_t begin = last_character(text);
        if (!is_stripped(decode_utf8(text, begin).value))
            break;
        text = text.substr(0, begin);
    }
    return std::string(text);
}

/// Those whose upper or title case is more than one character, but for the German sharp s.
bool has_long_upper_case(char32_t point)
{
    constexpr std::array<std::array<char32_t, 2>, 26> kRanges = {{
        {0x149, 0x149},   {0x1F0, 0x1F0},   {0x390, 0x390},   {0x3B0, 0x3B0},   {0x587, 0x587},
        {0x1E96, 0x1E9A}, {0x1F50, 0x1F50}, {0x1F52, 0x1F52}, {0x1F54, 0x1F54}, {0x1F56, 0x1F56},
        {0x1F80, 0x1FAF}, {0x1FB2, 0x1FB4}, {0x1FB6, 0x1FB7}, {0x1FBC, 0x1FBC}, {0x1FC2, 0x1FC4},
        {0x1FC6, 0x1FC7}, {0x1FCC, 0x1FCC}, {0x1FD2, 0x1FD3}, {0x1FD6, 0x1FD7}, {0x1FE2, 0x1FE4},
        {0x1FE6, 0x1FE7}, {0x1FF2, 0x1FF4}, {0x1FF6, 0x1FF7}, {0x1FFC, 0x1FFC}, {0xFB00, 0xFB06},
        {0xFB13, 0xFB17},
    }};
    return std::ranges::any_of(
        kRanges, [point](const auto& range) { return point >= range[0] && point <= range[1]; });
}

enum class Case : std::uint8_t { Lower, Upper, Title };

char32_t in_case(char32_t point, Case wanted)
{
    const auto code = static_cast<utf8proc_int32_t>(point);
    return static_cast<char32_t>(wanted == Case::Lower   ? utf8proc_tolower(code)
                                 : wanted == Case::Upper ? utf8proc_toupper(code)
                                                         : utf8proc_totitle(code));
}

bool is_cased(char32_t point)
{
    return in_case(point, Case::Lower) != point || in_case(point, Case::Upper) != point;
}

/// Appends one character in a case; Unsupported where that is several.
Result<void> append_in_case(std::string& out, char32_t point, Case wanted)
{
    if (wanted != Case::Lower && has_long_upper_case(point))
        return Error{ErrorCode::Unsupported, "the upper case of a ligature is not supported", ""};
    if (wanted != Case::Lower && point == 0xDF)
        out += wanted == Case::Upper ? "SS" : "Ss";
    else if (wanted == Case::Lower && point == 0x130)
        out += "i\u0307";
    else
        append_utf8(out, in_case(point, wanted));
    return {};
}

/// A capital sigma at `offset` ends a word: lower case is another letter there.
bool is_final_sigma(std::string_view text, std::size_t offset, bool after_letter)
{
    const std::size_t next = offset + 2;
    return after_letter && (next >= text.size() || !is_cased(decode_utf8(text, next).value));
}

} // namespace

bool is_python_space(char32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || (point >= 0x1C && point <= 0x20) || point == 0x85 ||
           point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
           point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000;
}

std::size_t count_code_points(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string strip(std::string_view text, StripEnds ends)
{
    return strip_where(text, ends, is_python_space);
}

std::string strip(std::string_view text, StripEnds ends, std::string_view characters)
{
    std::u32string set;
    for (std::size_t i = 0; i < characters.size();) {
        const CodePoint point = decode_utf8(characters, i);
        set.push_back(point.value);
        i += point.length;
    }
    return strip_where(text, ends,
                       [&set](char32_t point) { return set.find(point) != std::u32string::npos; });
}

Result<std::string> change_case(std::string_view name, std::string_view text)
{
    std::string result;
    bool after_letter = false;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        const bool start = name == "title" ? !after_letter : name == "capitalize" && i == 0;
        const bool up = name == "upper" ||
                        (name == "swapcase" && in_case(point.value, Case::Lower) == point.value);
        if (!up && !start && point.value == 0x3A3 && is_final_sigma(text, i, after_letter))
            append_utf8(result, 0x3C2);
        else
            LYCEUM_TRY(append_in_case(result, point.value,
                                      up      ? Case::Upper
                                      : start ? Case::Title
                                              : Case::Lower));
        after_letter = is_cased(point.value);
        i += point.length;
    }
    return result;
}

Result<std::string> title_words(std::string_view text)
{
    std::string result;
    bool start = true;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        LYCEUM_TRY(append_in_case(result, point.value, start ? Case::Upper : Case::Lower));
        constexpr std::string_view kBreaks = "-({[<";
        start = is_python_space(point.value) ||
                (point.length == 1 && kBreaks.find(text[i]) != std::string_view::npos);
        i += point.length;
    }
    return result;
}

Result<Value> replace_all(const std::string& text, const std::string& from, const std::string& to,
                          std::int64_t limit)
{
    std::string result;
    std::size_t begin = 0;
    std::size_t i = from.empty() ? 0 : text.find(from);
    for (; i <= text.size() && limit != 0; --limit) {
        result.append(text, begin, i - begin).append(to);
        begin = i + from.size();
        if (result.size() > kMaxMadeText)
            return Error{ErrorCode::InvalidData, "a replacement makes too much text", ""};
        if (!from.empty())
            i = text.find(from, begin);
        else
            i += i < text.size() ? decode_utf8(text, i).length : 1;
    }
    return Value(result.append(text, std::min(begin, text.size())));
}

List split_text(std::string_view text, std::string_view separator, std::int64_t limit,
                bool from_end)
{
    List parts;
    while (limit < 0 || static_cast<std::int64_t>(parts.size()) < limit) {
        const std::size_t found = from_end ? text.rfind(separator) : text.find(separator);
        if (found == std::string_view::npos)
            break;
        const std::size_t after = found + separator.size();
        parts.emplace_back(std::string(from_end ? text.substr(after) : text.substr(0, found)));
        text = from_end ? text.substr(0, found) : text.substr(after);
    }
    parts.emplace_back(std::string(text));
    if (from_end)
        std::ranges::reverse(parts);
    return parts;
}

List split_words(std::string_view text, std::int64_t limit, bool from_end)
{
    List words;
    std::string rest = strip(text, StripEnds::Both);
    const auto space = [&rest](std::size_t i) {
        return is_python_space(decode_utf8(rest, i).value);
    };
    std::vector<std::array<std::size_t, 2>> spans;
    for (std::size_t i = 0, begin = 0; i < rest.size();) {
        const std::size_t next = i + decode_utf8(rest, i).length;
        const bool ends = !space(i) && (next >= rest.size() || space(next));
        if (ends)
            spans.push_back({begin, next});
        if (space(i))
            begin = next;
        i = next;
    }
    const std::size_t cuts = limit < 0 ? spans.size() : static_cast<std::size_t>(limit);
    if (!spans.empty() && spans.size() > cuts + 1) { // What is not cut is one.
        const auto kept = static_cast<std::ptrdiff_t>(spans.size() - cuts);
        if (from_end) {
            spans[static_cast<std::size_t>(kept - 1)][0] = spans.front()[0];
            spans.erase(spans.begin(), spans.begin() + kept - 1);
        } else {
            spans[cuts][1] = spans.back()[1];
            spans.resize(cuts + 1);
        }
    }
    for (const auto& [begin, end] : spans)
        words.emplace_back(rest.substr(begin, end - begin));
    return words;
}

List split_lines(std::string_view text, bool keep_ends)
{
    List lines;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        std::size_t next = i + point.length;
        const bool ends = (point.value >= 0x0A && point.value <= 0x0D) ||
                          (point.value >= 0x1C && point.value <= 0x1E) || point.value == 0x85 ||
                          point.value == 0x2028 || point.value == 0x2029;
        if (ends) {
            if (text[i] == '\r' && next < text.size() && text[next] == '\n')
                ++next;
            lines.emplace_back(std::string(text.substr(begin, (keep_ends ? next : i) - begin)));
            begin = next;
        }
        i = next;
    }
    if (begin < text.size())
        lines.emplace_back(std::string(text.substr(begin)));
    return lines;
}

Result<Value> join_texts(const List& list, std::string_view separator)
{
    std::string joined;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto text = to_text(list[i]);
        if (!text)
            return Error{ErrorCode::InvalidData,
                         "\"join\" of " + std::string(list[i].kind()) + " is not supported", ""};
        joined.append(i == 0 ? std::string_view() : separator).append(*text);
        if (joined.size() > kMaxMadeText)
            return Error{ErrorCode::InvalidData, "\"join\" makes too much text", ""};
    }
    return Value(std::move(joined));
}

} // namespace lyceum::text::jinja
