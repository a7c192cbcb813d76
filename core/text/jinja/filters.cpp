#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace lyceum::text::jinja {
namespace {

constexpr std::int64_t kMaxWidth = 1000;

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

Error does_not_fit(std::string_view name, const Value& value)
{
    return invalid("\"" + std::string(name) + "\" of " + std::string(value.kind()));
}

std::string text_argument(const Arguments& arguments, std::size_t index, std::string_view name)
{
    const Value* value = arguments.find(index, name);
    return value == nullptr ? std::string() : to_text(*value).value_or("");
}

bool flag(const Arguments& arguments, std::size_t index, std::string_view name)
{
    const Value* value = arguments.find(index, name);
    return value != nullptr && value->truthy();
}

Result<Value> length(const Value& value)
{
    if (value.is_undefined())
        return Value(std::int64_t{0});
    if (!value.has_length())
        return does_not_fit("length", value);
    const std::size_t size = value.string() != nullptr ? count_code_points(*value.string())
                             : value.list() != nullptr ? value.list()->size()
                                                       : value.map()->size();
    return Value(static_cast<std::int64_t>(size));
}

/// Python's float() of a text; nothing if it is none.
std::optional<double> parse_float(const std::string& written)
{
    const std::string text = strip(written, StripEnds::Both);
    const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    const char* begin = text.data() + (plus ? 1 : 0);
    const char* end = text.data() + text.size();
    double number = 0.0;
    const auto read = std::from_chars(begin, end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

Result<Value> to_integer(const Value& value, const Arguments& arguments)
{
    const Value* fallback = arguments.find(0, "default");
    const Value otherwise = fallback == nullptr ? Value(std::int64_t{0}) : *fallback;
    if (arguments.find(1, "base") != nullptr)
        return Error{ErrorCode::Unsupported, "\"int\" with a base is not supported", ""};
    if (const auto whole = value.integer())
        return Value(*whole);
    const auto number = value.string() != nullptr ? parse_float(*value.string()) : value.number();
    if (!number || !std::isfinite(*number))
        return otherwise;
    if (std::abs(*number) > 9.0e15)
        return invalid("a number is out of range");
    return Value(static_cast<std::int64_t>(*number));
}

Result<Value> to_float(const Value& value, const Arguments& arguments)
{
    const Value* fallback = arguments.find(0, "default");
    const auto number = value.string() != nullptr ? parse_float(*value.string()) : value.number();
    if (number)
        return Value(*number);
    return fallback == nullptr ? Value(0.0) : *fallback;
}

/// Python's round, which rounds halves to even, or up or down.
Result<Value> round_number(const Value& value, const Arguments& arguments)
{
    const Value* precision = arguments.find(0, "precision");
    const Value* method = arguments.find(1, "method");
    const std::int64_t digits = precision == nullptr ? 0 : precision->integer().value_or(99);
    const std::string how = method == nullptr ? "common" : to_text(*method).value_or("");
    if (!value.number() || std::abs(digits) > 15)
        return does_not_fit("round", value);
    if (how == "common" && value.integer() && digits >= 0)
        return Value(*value.integer());
    const double scale = std::pow(10.0, static_cast<double>(digits));
    const double scaled = *value.number() * scale;
    if (how == "ceil" || how == "floor")
        return Value((how == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
    if (how != "common" || digits < 0)
        return Error{ErrorCode::Unsupported, "\"round\", called like this, is not supported", ""};
    LYCEUM_ASSIGN(
        const Value text,
        format_percent("%." + std::to_string(std::min<std::int64_t>(digits, 9)) + "f", {value}));
    return Value(parse_float(*text.string()).value_or(*value.number()));
}

Result<Value> json_filter(const Value& value, const Arguments& arguments)
{
    JsonOptions options;
    options.ensure_ascii = flag(arguments, 0, "ensure_ascii");
    options.sort_keys = flag(arguments, 3, "sort_keys");
    const Value* indent = arguments.find(1, "indent");
    if (indent != nullptr && indent->string() != nullptr)
        options.indent = indent->string()->substr(0, 16);
    else if (indent != nullptr && indent->integer())
        options.indent = std::string(
            static_cast<std::size_t>(std::clamp<std::int64_t>(*indent->integer(), 0, 16)), ' ');
    if (options.indent)
        options.item_separator = ",";
    const Value* separators = arguments.find(2, "separators");
    if (separators != nullptr && !separators->is_none()) {
        const List* pair = separators->list();
        if (pair == nullptr || pair->size() != 2 || (*pair)[0].string() == nullptr ||
            (*pair)[1].string() == nullptr)
            return invalid("\"tojson\" with separators that are not two texts");
        options.item_separator = *(*pair)[0].string();
        options.key_separator = *(*pair)[1].string();
    }
    auto text = to_json_text(value, options);
    return text ? Result<Value>(Value(std::move(text).value())) : text.error();
}

/// Every line but the first, and the first with `first`, begins with a number of spaces or a text.
Result<Value> indent_lines(const std::string& text, const Arguments& arguments)
{
    const Value* width = arguments.find(0, "width");
    std::string indention(4, ' ');
    if (width != nullptr && width->string() != nullptr)
        indention = *width->string();
    else if (width != nullptr)
        indention = std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(
                                    width->integer().value_or(4), 0, kMaxWidth)),
                                ' ');
    const bool blank = flag(arguments, 2, "blank");
    std::string result = flag(arguments, 1, "first") ? indention : "";
    const List lines = split_lines(text + "\n");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = *lines[i].string();
        result += i == 0 ? "" : "\n";
        result += i > 0 && (blank || !line.empty()) ? indention : "";
        result += line;
        if (result.size() > kMaxMadeText)
            return invalid("\"indent\" makes too much text");
    }
    return Value(std::move(result));
}

Result<Value> truncate(const std::string& text, const Arguments& arguments)
{
    const Value* length_given = arguments.find(0, "length");
    const Value* end_given = arguments.find(2, "end");
    const Value* leeway_given = arguments.find(3, "leeway");
    const std::int64_t limit = length_given == nullptr ? 255 : length_given->integer().value_or(-1);
    const std::string end = end_given == nullptr ? "..." : to_text(*end_given).value_or("");
    const std::int64_t leeway = leeway_given == nullptr ? 5 : leeway_given->integer().value_or(0);
    const auto size = static_cast<std::int64_t>(count_code_points(text));
    const std::int64_t kept = limit - static_cast<std::int64_t>(count_code_points(end));
    if (kept < 0 || leeway < 0)
        return invalid("\"truncate\" to a length below that of its end");
    if (size - leeway <= limit)
        return Value(text);
    LYCEUM_ASSIGN(const Value head, get_slice(Value(text), Value(), Value(kept), Value()));
    std::string result = *head.string();
    const std::size_t space = result.rfind(' ');
    if (!flag(arguments, 1, "killwords") && space != std::string::npos)
        result.resize(space);
    return Value(result + end);
}

/// The filters of a text; of anything else, of what it is written as.
Result<Value> text_filter(std::string_view name, const std::string& text,
                          const Arguments& arguments)
{
    if (name == "trim") {
        const Value* characters = arguments.find(0, "chars");
        return Value(characters == nullptr || characters->is_none()
                         ? strip(text, StripEnds::Both)
                         : strip(text, StripEnds::Both, to_text(*characters).value_or("")));
    }
    if (name == "replace") {
        const Value* limit = arguments.find(2, "count");
        return replace_all(text, text_argument(arguments, 0, "old"),
                           text_argument(arguments, 1, "new"),
                           limit == nullptr ? -1 : limit->integer().value_or(-1));
    }
    if (name == "indent")
        return indent_lines(text, arguments);
    if (name == "truncate")
        return truncate(text, arguments);
    if (name == "format") {
        if (!arguments.keywords.empty())
            return Error{ErrorCode::Unsupported, "\"format\" with names is not supported", ""};
        return format_percent(text, arguments.positional);
    }
    if (name == "wordcount")
        return Value(static_cast<std::int64_t>(split_words(text).size()));
    if (name == "center")
        return call_string_method(Value(text), "center", arguments);
    if (name == "string" || name == "safe")
        return Value(text);
    LYCEUM_ASSIGN(std::string changed,
                  name == "title" ? title_words(text) : change_case(name, text));
    return Value(std::move(changed));
}

Result<Value> default_filter(const Value& value, const Arguments& arguments)
{
    const bool replace = value.is_undefined() || (flag(arguments, 1, "boolean") && !value.truthy());
    if (!replace)
        return value;
    const Value* fallback = arguments.find(0, "default_value");
    return fallback == nullptr ? Value("") : *fallback;
}

} // namespace

Result<Value> apply_filter(std::string_view name, const Value& value, const Arguments& arguments)
{
    constexpr std::array<std::string_view, 13> kOfText = {
        "trim",     "replace", "upper",     "lower",  "capitalize", "title", "indent",
        "truncate", "format",  "wordcount", "center", "string",     "safe"};
    if (std::ranges::find(kOfText, name) != kOfText.end()) {
        const auto text = to_text(value);
        return text ? text_filter(name, *text, arguments) : does_not_fit(name, value);
    }
    if (name == "length" || name == "count")
        return length(value);
    if (name == "default" || name == "d")
        return default_filter(value, arguments);
    if (name == "tojson")
        return json_filter(value, arguments);
    if (name == "int")
        return to_integer(value, arguments);
    if (name == "float")
        return to_float(value, arguments);
    if (name == "round")
        return round_number(value, arguments);
    if (name == "abs" && value.number()) {
        const bool negative = *value.number() < 0;
        return negative ? apply_sign("-", value) : apply_sign("+", value);
    }
    if (name == "attr" && !arguments.positional.empty() &&
        arguments.positional.front().string() != nullptr)
        return has_method(value, *arguments.positional.front().string())
                   ? get_attribute(value, *arguments.positional.front().string())
                   : Value(Undefined{*arguments.positional.front().string()});
    if (auto result = apply_sequence_filter(name, value, arguments))
        return std::move(*result);
    return Error{ErrorCode::Unsupported,
                 "the filter \"" + std::string(name) + "\" is not supported", ""};
}

} // namespace lyceum::text::jinja
