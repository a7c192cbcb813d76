#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <optional>

namespace lyceum::text::jinja {
namespace {

constexpr std::int64_t kMaxWidth = 10'000;

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

const std::string* text_at(const Arguments& arguments, std::size_t index, std::string_view name)
{
    const Value* value = arguments.find(index, name);
    return value == nullptr ? nullptr : value->string();
}

std::int64_t integer_at(const Arguments& arguments, std::size_t index, std::string_view name,
                        std::int64_t fallback)
{
    const Value* value = arguments.find(index, name);
    return value == nullptr ? fallback : value->integer().value_or(fallback);
}

/// startswith and endswith: of one string or any of a tuple.
Result<Value> has_affix(std::string_view text, const Arguments& arguments, bool at_start)
{
    const auto matches = [text, at_start](const std::string& part) {
        return at_start ? text.starts_with(part) : text.ends_with(part);
    };
    if (arguments.positional.size() != 1)
        return invalid("\"startswith\" or \"endswith\" with other than one value");
    const Value& affix = arguments.positional.front();
    if (affix.string() != nullptr)
        return Value(matches(*affix.string()));
    if (affix.list() == nullptr || affix.list_kind() != ListKind::Tuple)
        return invalid("\"startswith\" or \"endswith\" with " + std::string(affix.kind()));
    return Value(std::ranges::any_of(*affix.list(), [&](const Value& part) {
        return part.string() != nullptr && matches(*part.string());
    }));
}

Result<Value> strip_method(const std::string& text, StripEnds ends, const Value* characters)
{
    if (characters == nullptr || characters->is_none())
        return Value(strip(text, ends));
    if (characters->string() == nullptr)
        return invalid("\"strip\" with " + std::string(characters->kind()));
    return Value(strip(text, ends, *characters->string()));
}

Result<Value> split_method(const std::string& text, const Arguments& arguments, bool from_end)
{
    const Value* separator = arguments.find(0, "sep");
    const std::int64_t limit = integer_at(arguments, 1, "maxsplit", -1);
    if (separator == nullptr || separator->is_none())
        return Value(split_words(text, limit, from_end));
    if (separator->string() == nullptr || separator->string()->empty())
        return invalid("\"split\" at nothing");
    return Value(split_text(text, *separator->string(), limit, from_end));
}

/// partition and rpartition: before, the separator, after.
Result<Value> partition(const std::string& text, const std::string& separator, bool from_end)
{
    if (separator.empty())
        return invalid("\"partition\" at nothing");
    const std::size_t at = from_end ? text.rfind(separator) : text.find(separator);
    List parts = {Value(text), Value(""), Value("")};
    if (at != std::string::npos)
        parts = {Value(text.substr(0, at)), Value(separator),
                 Value(text.substr(at + separator.size()))};
    else if (from_end)
        std::ranges::reverse(parts);
    return Value::make_list(std::move(parts), ListKind::Tuple);
}

/// find, rfind, index, rindex: in characters.
Result<Value> find_text(std::string_view name, const std::string& text, const std::string& part)
{
    const std::size_t at = name.starts_with('r') ? text.rfind(part) : text.find(part);
    if (at == std::string::npos && name.ends_with("index"))
        return invalid("\"" + std::string(name) + "\" of a text that is not there");
    return Value(at == std::string::npos
                     ? std::int64_t{-1}
                     : static_cast<std::int64_t>(count_code_points(text.substr(0, at))));
}

std::int64_t count_text(std::string_view text, std::string_view part)
{
    if (part.empty())
        return static_cast<std::int64_t>(count_code_points(text)) + 1;
    std::int64_t count = 0;
    for (std::size_t i = text.find(part); i != std::string_view::npos;
         i = text.find(part, i + part.size()))
        ++count;
    return count;
}

/// ljust, rjust, center and zfill.
Result<Value> pad(std::string_view name, const std::string& text, const Arguments& arguments)
{
    const std::int64_t width = integer_at(arguments, 0, "width", 0);
    const std::string* given = text_at(arguments, 1, "fillchar");
    const std::string fill = name == "zfill" ? "0" : given == nullptr ? " " : *given;
    if (width > kMaxWidth || count_code_points(fill) != 1)
        return invalid("\"" + std::string(name) + "\" to a width of " + std::to_string(width));
    const std::int64_t missing =
        std::max<std::int64_t>(width - static_cast<std::int64_t>(count_code_points(text)), 0);
    const auto repeated = [&fill](std::int64_t count) {
        std::string result;
        for (; count > 0; --count)
            result += fill;
        return result;
    };
    if (name == "ljust")
        return Value(text + repeated(missing));
    if (name == "rjust")
        return Value(repeated(missing) + text);
    if (name == "center") {
        const std::int64_t left = missing / 2 + (missing & width & 1);
        return Value(repeated(left) + text + repeated(missing - left));
    }
    const bool sign = text.starts_with('-') || text.starts_with('+');
    return Value((sign ? text.substr(0, 1) : "") + repeated(missing) + text.substr(sign ? 1 : 0));
}

/// isdigit and the like, of ASCII.
Result<Value> is_made_of(std::string_view name, const std::string& text)
{
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto all = [&text](auto predicate) {
        return Value(!text.empty() && std::ranges::all_of(text, predicate));
    };
    if (name == "isspace")
        return Value(!text.empty() && strip(text, StripEnds::Both).empty());
    if (std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; }))
        return Error{ErrorCode::Unsupported,
                     "\"" + std::string(name) + "\" of letters beyond ASCII is not supported", ""};
    if (name == "isdigit" || name == "isnumeric" || name == "isdecimal")
        return all(digit);
    if (name == "isalpha")
        return all([&](char c) { return lower(c) || upper(c); });
    if (name == "isalnum")
        return all([&](char c) { return lower(c) || upper(c) || digit(c); });
    return Value(std::ranges::any_of(
                     text, name == "isupper" ? +[](char c) { return c >= 'A' && c <= 'Z'; }
                                             : +[](char c) { return c >= 'a' && c <= 'z'; }) &&
                 std::ranges::none_of(
                     text, name == "isupper" ? +[](char c) { return c >= 'a' && c <= 'z'; }
                                             : +[](char c) { return c >= 'A' && c <= 'Z'; }));
}

/// Those that cut, or nothing.
std::optional<Result<Value>> cutting_method(std::string_view name, const std::string& text,
                                            const Arguments& arguments)
{
    const Value* first = arguments.find(0, "");
    const std::string* part = text_at(arguments, 0, "");
    if (name == "strip")
        return strip_method(text, StripEnds::Both, first);
    if (name == "lstrip")
        return strip_method(text, StripEnds::Left, first);
    if (name == "rstrip")
        return strip_method(text, StripEnds::Right, first);
    if (name == "split" || name == "rsplit")
        return split_method(text, arguments, name == "rsplit");
    if (name == "splitlines") {
        const Value* keep = arguments.find(0, "keepends");
        return Value(split_lines(text, keep != nullptr && keep->truthy()));
    }
    if ((name == "partition" || name == "rpartition") && part != nullptr)
        return partition(text, *part, name == "rpartition");
    if (name == "removeprefix" && part != nullptr)
        return Value(text.starts_with(*part) ? text.substr(part->size()) : text);
    if (name == "removesuffix" && part != nullptr)
        return Value(text.ends_with(*part) ? text.substr(0, text.size() - part->size()) : text);
    return std::nullopt;
}

} // namespace

Result<Value> call_string_method(const Value& value, std::string_view name,
                                 const Arguments& arguments)
{
    const std::string& text = *value.string();
    if (auto cut = cutting_method(name, text, arguments))
        return std::move(*cut);
    const Value* first = arguments.find(0, "");
    const std::string* part = text_at(arguments, 0, "");
    if (name == "upper" || name == "lower" || name == "capitalize" || name == "title" ||
        name == "swapcase") {
        LYCEUM_ASSIGN(std::string changed, change_case(name, text));
        return Value(std::move(changed));
    }
    if (name == "startswith" || name == "endswith")
        return has_affix(text, arguments, name == "startswith");
    if (name == "replace" && part != nullptr && text_at(arguments, 1, "") != nullptr)
        return replace_all(text, *part, *text_at(arguments, 1, ""),
                           integer_at(arguments, 2, "count", -1));
    if (name == "join" && first != nullptr) {
        const auto items = items_of(*first);
        const bool texts = items && std::ranges::all_of(*items, [](const Value& item) {
                               return item.string() != nullptr;
                           });
        return texts ? join_texts(*items, text)
                     : invalid("\"join\" of what is not a list of texts");
    }
    if ((name == "find" || name == "rfind" || name == "index" || name == "rindex") &&
        part != nullptr && arguments.positional.size() == 1)
        return find_text(name, text, *part);
    if (name == "count" && part != nullptr && arguments.positional.size() == 1)
        return Value(count_text(text, *part));
    if (name == "ljust" || name == "rjust" || name == "center" || name == "zfill")
        return pad(name, text, arguments);
    if (name == "format")
        return format_braces(text, arguments);
    if (name.starts_with("is") && name != "isidentifier" && name != "isprintable" &&
        name != "istitle" && name != "isascii" && arguments.positional.empty())
        return is_made_of(name, text);
    return Error{ErrorCode::Unsupported,
                 "the method \"" + std::string(name) +
                     "\" of a string, called like this, is not "
                     "supported",
                 ""};
}

} // namespace lyceum::text::jinja
