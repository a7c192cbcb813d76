#include "core/text/jinja/strings.h"

#include "core/text/jinja/operations.h"
#include "core/text/utf8.h"

#include <algorithm>

namespace lyceum::text::jinja {
namespace {

/// Python's str.isspace.
bool is_python_space(char32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || (point >= 0x1C && point <= 0x20) || point == 0x85 ||
           point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
           point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000;
}

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

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

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

Result<Value> change_case(std::string_view name, std::string_view text)
{
    if (!is_ascii(text))
        return Error{ErrorCode::Unsupported,
                     "\"" + std::string(name) + "\" of letters beyond ASCII is not supported", ""};
    std::string result(text);
    bool word_start = true;
    for (char& c : result) {
        const bool up = name == "upper" || (name != "lower" && word_start);
        c = up ? upper(c) : lower(c);
        const bool letter = upper(c) != lower(c);
        word_start = name == "title" && !letter;
    }
    return Value(std::move(result));
}

Result<Value> replace_all(const std::string& text, const std::string& from, const std::string& to)
{
    if (from.empty())
        return Error{ErrorCode::Unsupported, "replacing an empty string is not supported", ""};
    std::string result;
    std::size_t begin = 0;
    for (std::size_t i = text.find(from); i != std::string::npos; i = text.find(from, begin)) {
        result.append(text, begin, i - begin).append(to);
        begin = i + from.size();
        if (result.size() > kMaxMadeText)
            return Error{ErrorCode::InvalidData, "a replacement makes too much text", ""};
    }
    return Value(result.append(text, begin));
}

List split_text(std::string_view text, std::string_view separator, std::int64_t limit)
{
    List parts;
    while (limit < 0 || static_cast<std::int64_t>(parts.size()) < limit) {
        const std::size_t found = text.find(separator);
        if (found == std::string_view::npos)
            break;
        parts.emplace_back(std::string(text.substr(0, found)));
        text.remove_prefix(found + separator.size());
    }
    parts.emplace_back(std::string(text));
    return parts;
}

List split_words(std::string_view text)
{
    List words;
    std::string word;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        if (!is_python_space(point.value)) {
            word += text.substr(i, point.length);
        } else if (!word.empty()) {
            words.emplace_back(std::exchange(word, {}));
        }
        i += point.length;
    }
    if (!word.empty())
        words.emplace_back(std::move(word));
    return words;
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
