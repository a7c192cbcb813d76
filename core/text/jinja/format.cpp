#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace lyceum::text::jinja {
namespace {

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

Error unsupported(std::string message)
{
    return {ErrorCode::Unsupported, std::move(message) + " is not supported", ""};
}

/// "%.2f" and the like; `precision` digits after the point.
std::string fixed_text(double value, int precision)
{
    std::array<char, 512> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.*f", precision, value);
    return {text.data(), static_cast<std::size_t>(size)};
}

/// One value by the letter of its conversion.
Result<std::string> converted(char letter, int precision, const Value& value)
{
    if (letter == 's' || letter == 'r') {
        const auto text = letter == 's' ? to_text(value) : to_repr(value);
        if (!text)
            return unsupported("formatting " + std::string(value.kind()));
        return *text;
    }
    if ((letter == 'd' || letter == 'i') && value.number()) {
        if (!value.integer() && !(std::abs(*value.number()) < 9e15))
            return invalid("\"%d\" of a number that is out of range");
        return std::to_string(
            value.integer().value_or(static_cast<std::int64_t>(value.number().value_or(0))));
    }
    if (letter == 'f' && value.number())
        return fixed_text(*value.number(), precision < 0 ? 6 : precision);
    if (letter == 'd' || letter == 'i' || letter == 'f')
        return invalid(std::string("\"%") + letter + "\" of " + std::string(value.kind()));
    return unsupported(std::string("the format \"%") + letter + "\"");
}

/// The field of "{...}": an index, a name, or the next value.
Result<const Value*> field_value(std::string_view field, const Arguments& arguments,
                                 std::size_t& next)
{
    std::size_t index = next;
    if (field.empty())
        ++next;
    const char* end = field.data() + field.size();
    const bool number = !field.empty() && std::from_chars(field.data(), end, index).ptr == end;
    const Value* found =
        field.empty() || number
            ? (index < arguments.positional.size() ? &arguments.positional[index] : nullptr)
            : find_member(arguments.keywords, field);
    if (found != nullptr)
        return found;
    if (field.find_first_of(":!.[") != std::string_view::npos)
        return unsupported("the format field \"" + std::string(field.substr(0, 40)) + "\"");
    return invalid("\"format\" is not given what \"{" + std::string(field.substr(0, 40)) +
                   "}\" stands for");
}

} // namespace

Result<Value> format_percent(const std::string& format, const List& values)
{
    std::string result;
    std::size_t next = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            result += format[i];
            continue;
        }
        if (++i >= format.size())
            return invalid("a format that ends with \"%\"");
        if (format[i] == '%') {
            result += '%';
            continue;
        }
        int precision = -1;
        if (format[i] == '.' && i + 2 < format.size() && format[i + 1] >= '0' &&
            format[i + 1] <= '9') {
            precision = format[i + 1] - '0';
            i += 2;
        }
        if (next >= values.size())
            return invalid("a format with too few values");
        if (precision >= 0 && format[i] != 'f')
            return unsupported("a precision of what is not %f");
        LYCEUM_ASSIGN(const std::string text, converted(format[i], precision, values[next++]));
        result += text;
        if (result.size() > kMaxMadeText)
            return invalid("a format makes too much text");
    }
    if (next < values.size())
        return invalid("a format with too many values");
    return Value(std::move(result));
}

Result<Value> format_braces(const std::string& format, const Arguments& arguments)
{
    std::string result;
    std::size_t next = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const bool doubled = i + 1 < format.size() && format[i + 1] == format[i];
        if ((format[i] != '{' && format[i] != '}') || doubled) {
            result += format[i];
            i += (format[i] == '{' || format[i] == '}') ? 1 : 0;
            continue;
        }
        const std::size_t end = format.find('}', i);
        if (format[i] == '}' || end == std::string::npos)
            return invalid("a format with a single brace");
        LYCEUM_ASSIGN(
            const Value* value,
            field_value(std::string_view(format).substr(i + 1, end - i - 1), arguments, next));
        LYCEUM_ASSIGN(const std::string text, converted('s', -1, *value));
        result += text;
        if (result.size() > kMaxMadeText)
            return invalid("a format makes too much text");
        i = end;
    }
    return Value(std::move(result));
}

} // namespace lyceum::text::jinja
