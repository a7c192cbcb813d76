#include "core/text/jinja/strings.h"
#include "core/text/jinja/value.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace lyceum::text::jinja {
namespace {

/// The shortest digits that read back equal, written as Python's repr does: with an exponent from
/// 1e16 and below 1e-4, else with at least one digit after the point.
std::string float_text(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    std::array<char, 400> digits{};
    char* const end = digits.data() + digits.size();
    const double size = std::abs(value);
    if (size != 0.0 && (size >= 1e16 || size < 1e-4))
        return {digits.data(),
                std::to_chars(digits.data(), end, value, std::chars_format::scientific).ptr};
    std::string text(digits.data(),
                     std::to_chars(digits.data(), end, value, std::chars_format::fixed).ptr);
    if (text.find('.') == std::string::npos)
        text += ".0";
    return text;
}

void append_code(std::string& out, const char* format, unsigned code)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), format, code);
    out += text.data();
}

/// Python's str.isprintable.
bool is_printable(char32_t point)
{
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(point))) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_ZS:
        return point == ' ';
    default:
        return true;
    }
}

std::string quoted(const std::string& text)
{
    const bool has_single = text.find('\'') != std::string::npos;
    const char quote = has_single && text.find('"') == std::string::npos ? '"' : '\'';
    std::string out(1, quote);
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        constexpr std::string_view kEscaped = "\\\n\r\t";
        constexpr std::string_view kLetters = "\\nrt";
        const std::size_t known = point.length == 1 ? kEscaped.find(text[i]) : std::string::npos;
        if (known != std::string::npos)
            (out += '\\') += kLetters[known];
        else if (point.value == static_cast<char32_t>(quote))
            (out += '\\') += quote;
        else if (is_printable(point.value))
            out.append(text, i, point.length);
        else
            append_code(out,
                        point.value < 0x100     ? "\\x%02x"
                        : point.value < 0x10000 ? "\\u%04x"
                                                : "\\U%08x",
                        static_cast<unsigned>(point.value));
        i += point.length;
    }
    return out += quote;
}

std::optional<std::string> list_repr(const Value& value)
{
    const bool tuple = value.list_kind() == ListKind::Tuple;
    if (!tuple && value.list_kind() != ListKind::Plain)
        return std::nullopt;
    std::string out(1, tuple ? '(' : '[');
    for (const Value& item : *value.list()) {
        const auto text = to_repr(item);
        if (!text)
            return std::nullopt;
        out += out.size() == 1 ? "" : ", ";
        out += *text;
    }
    if (tuple && value.list()->size() == 1)
        out += ',';
    return out += tuple ? ')' : ']';
}

std::optional<std::string> map_repr(const Map& map)
{
    std::string out = "{";
    for (const Member& member : map) {
        const auto text = to_repr(member.value);
        if (!text)
            return std::nullopt;
        out += out.size() == 1 ? "" : ", ";
        out += quoted(member.key) + ": " + *text;
    }
    return out += '}';
}

/// Writes one value after the other; false at one that JSON does not have and when it is too much.
class JsonWriter {
public:
    explicit JsonWriter(const JsonOptions& options) : options_(options) {}

    bool write(const Value& value)
    {
        if (out_.size() > kMaxMadeText)
            return false;
        if (value.list() != nullptr)
            return list(value);
        if (const Map* map = value.mutable_namespace() == nullptr ? value.map() : nullptr)
            return object(*map);
        if (value.is_undefined() || value.callable() != nullptr || value.map() != nullptr)
            return false;
        if (value.string() != nullptr)
            string(*value.string());
        else if (value.is_none())
            out_ += "null";
        else if (value.is_bool())
            out_ += value.truthy() ? "true" : "false";
        else if (value.is_float() && !std::isfinite(*value.number()))
            out_ += std::isnan(*value.number()) ? "NaN"
                    : *value.number() < 0       ? "-Infinity"
                                                : "Infinity";
        else
            out_ += *to_text(value);
        return true;
    }

    std::string take() { return std::move(out_); }

private:
    bool list(const Value& value)
    {
        if (value.list_kind() != ListKind::Plain && value.list_kind() != ListKind::Tuple)
            return false;
        out_ += '[';
        ++level_;
        bool first = true;
        for (const Value& item : *value.list()) {
            next(std::exchange(first, false));
            if (!write(item))
                return false;
        }
        close(first, ']');
        return true;
    }

    bool object(const Map& map)
    {
        std::vector<const Member*> members;
        for (const Member& member : map)
            members.push_back(&member);
        if (options_.sort_keys)
            std::ranges::sort(members, {}, [](const Member* member) { return member->key; });
        out_ += '{';
        ++level_;
        bool first = true;
        for (const Member* member : members) {
            next(std::exchange(first, false));
            string(member->key);
            out_ += options_.key_separator;
            if (!write(member->value))
                return false;
        }
        close(first, '}');
        return true;
    }

    void next(bool first)
    {
        if (!first)
            out_ += options_.item_separator;
        line_break();
    }

    void close(bool empty, char bracket)
    {
        --level_;
        if (!empty)
            line_break();
        out_ += bracket;
    }

    void line_break()
    {
        if (!options_.indent)
            return;
        out_ += '\n';
        for (int i = 0; i < level_; ++i)
            out_ += *options_.indent;
    }

    void string(std::string_view text)
    {
        out_ += '"';
        for (std::size_t i = 0; i < text.size();) {
            const CodePoint point = decode_utf8(text, i);
            constexpr std::string_view kEscaped = "\"\\\n\r\t\b\f";
            constexpr std::string_view kLetters = "\"\\nrtbf";
            const std::size_t known =
                point.length == 1 ? kEscaped.find(text[i]) : std::string_view::npos;
            if (known != std::string_view::npos)
                (out_ += '\\') += kLetters[known];
            else if (point.value < 0x20 || (options_.ensure_ascii && point.value > 0x7E))
                code(point.value);
            else
                out_ += text.substr(i, point.length);
            i += point.length;
        }
        out_ += '"';
    }

    void code(char32_t point)
    {
        if (point < 0x10000) {
            append_code(out_, "\\u%04x", static_cast<unsigned>(point));
            return;
        }
        append_code(out_, "\\u%04x", static_cast<unsigned>(0xD800 + ((point - 0x10000) >> 10U)));
        append_code(out_, "\\u%04x", static_cast<unsigned>(0xDC00 + ((point - 0x10000) & 0x3FFU)));
    }

    const JsonOptions& options_;
    std::string out_;
    int level_ = 0;
};

} // namespace

std::optional<std::string> to_text(const Value& value)
{
    return value.string() != nullptr ? *value.string()
           : value.is_undefined()    ? std::string()
                                     : to_repr(value);
}

std::optional<std::string> to_repr(const Value& value)
{
    if (value.string() != nullptr)
        return quoted(*value.string());
    if (value.is_undefined())
        return "Undefined";
    if (value.is_none())
        return "None";
    if (value.is_bool())
        return value.truthy() ? "True" : "False";
    if (value.is_float())
        return float_text(*value.number());
    if (value.is_integer())
        return std::to_string(*value.integer());
    if (value.list() != nullptr)
        return list_repr(value);
    return value.map() == nullptr || value.mutable_namespace() != nullptr ? std::nullopt
                                                                          : map_repr(*value.map());
}

Result<std::string> to_json_text(const Value& value, const JsonOptions& options)
{
    JsonWriter writer(options);
    if (!writer.write(value))
        return Error{ErrorCode::InvalidData,
                     "\"tojson\" of what JSON cannot write, or of more than 64 MiB", ""};
    return writer.take();
}

} // namespace lyceum::text::jinja
