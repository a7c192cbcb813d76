#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lyceum::text::jinja {
namespace {

Error unknown(std::string_view what, std::string_view name)
{
    return {ErrorCode::Unsupported,
            "the " + std::string(what) + " \"" + std::string(name) + "\" is not supported", ""};
}

Error does_not_fit(std::string_view name, const Value& value)
{
    return {ErrorCode::InvalidData, "\"" + std::string(name) + "\" of " + std::string(value.kind()),
            ""};
}

std::string text_argument(const Arguments& arguments, std::size_t index, std::string_view name)
{
    const Value* value = arguments.find(index, name);
    return value == nullptr ? std::string() : to_text(*value).value_or("");
}

Result<Value> length(const Value& value)
{
    std::size_t size = 0;
    if (const std::string* text = value.string())
        size = count_code_points(*text);
    else if (const List* list = value.list())
        size = list->size();
    else if (const Map* map = value.map())
        size = map->size();
    else if (!value.is_undefined())
        return does_not_fit("length", value);
    return Value(static_cast<std::int64_t>(size));
}

Result<Value> to_integer(const Value& value)
{
    if (const auto number = value.number())
        return Value(static_cast<std::int64_t>(std::clamp(*number, -9.0e15, 9.0e15)));
    std::int64_t parsed = 0;
    if (value.string() != nullptr) {
        const std::string text = strip(*value.string(), StripEnds::Both);
        const char* end = text.data() + text.size();
        if (std::from_chars(text.data(), end, parsed).ptr != end)
            parsed = 0; // Jinja's default.
    }
    return Value(parsed);
}

Result<Value> text_filter(std::string_view name, const std::string& text,
                          const Arguments& arguments)
{
    if (name == "trim") {
        const std::string characters = text_argument(arguments, 0, "chars");
        return Value(characters.empty() ? strip(text, StripEnds::Both)
                                        : strip(text, StripEnds::Both, characters));
    }
    if (name == "replace")
        return replace_all(text, text_argument(arguments, 0, "old"),
                           text_argument(arguments, 1, "new"));
    return change_case(name, text);
}

Result<Value> list_filter(std::string_view name, const Value& value, const Arguments& arguments)
{
    List items;
    if (const List* list = value.list()) {
        items = *list;
    } else if (const Map* map = value.map()) {
        for (const Member& member : *map)
            items.push_back(name == "items" ? Value(List{Value(member.key), member.value})
                                            : Value(member.key));
    } else if (!value.is_undefined()) {
        return does_not_fit(name, value);
    }
    if (name == "first")
        return items.empty() ? Value() : items.front();
    if (name == "last")
        return items.empty() ? Value() : items.back();
    if (name == "join")
        return join_texts(items, text_argument(arguments, 0, "d"));
    if (name == "reverse")
        std::ranges::reverse(items);
    return Value(std::move(items));
}

Result<Value> default_filter(const Value& value, const Arguments& arguments)
{
    const Value* when_false = arguments.find(1, "boolean");
    const bool replace =
        value.is_undefined() || (when_false != nullptr && when_false->truthy() && !value.truthy());
    if (!replace)
        return value;
    const Value* fallback = arguments.find(0, "default_value");
    return fallback == nullptr ? Value("") : *fallback;
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names)
{
    return std::ranges::find(names, name) != names.end();
}

} // namespace

Result<Value> apply_filter(std::string_view name, const Value& value, const Arguments& arguments)
{
    constexpr std::array<std::string_view, 6> kOfText = {"trim",  "replace",    "upper",
                                                         "lower", "capitalize", "title"};
    constexpr std::array<std::string_view, 6> kOfLists = {"first", "last",    "join",
                                                          "list",  "reverse", "items"};
    if (is_one_of(name, kOfText)) {
        const auto text = to_text(value);
        return text ? text_filter(name, *text, arguments) : does_not_fit(name, value);
    }
    if (is_one_of(name, kOfLists) && value.string() == nullptr)
        return list_filter(name, value, arguments);
    if (name == "length" || name == "count")
        return length(value);
    if (name == "default" || name == "d")
        return default_filter(value, arguments);
    if (name == "tojson") {
        const Value* indent = arguments.find(1, "indent");
        const std::int64_t width = indent == nullptr ? -1 : indent->integer().value_or(-1);
        return Value(
            to_json_text(value, static_cast<int>(std::clamp<std::int64_t>(width, -1, 16))));
    }
    if (name == "int")
        return to_integer(value);
    if (name == "string" || name == "safe") {
        const auto text = to_text(value);
        return text ? Result<Value>(Value(*text)) : does_not_fit(name, value);
    }
    return unknown(is_one_of(name, kOfLists) ? "string filter" : "filter", name);
}

Result<bool> apply_test(std::string_view name, const Value& value, const Arguments& arguments)
{
    const Value* argument = arguments.find(0, "");
    if (name == "defined" || name == "undefined")
        return value.is_undefined() == (name == "undefined");
    if (name == "none")
        return value.is_none();
    if (name == "string")
        return value.string() != nullptr;
    if (name == "mapping")
        return value.map() != nullptr;
    if (name == "sequence" || name == "iterable")
        return value.string() != nullptr || value.list() != nullptr || value.map() != nullptr ||
               (name == "iterable" && value.is_undefined());
    if (name == "boolean")
        return value.is_bool();
    if (name == "integer")
        return value.is_integer();
    if (name == "float")
        return value.is_float();
    if (name == "number")
        return value.number().has_value();
    if (name == "true" || name == "false")
        return value.is_bool() && value.truthy() == (name == "true");
    if ((name == "odd" || name == "even") && value.integer())
        return (*value.integer() % 2 == 0) == (name == "even");
    if ((name == "divisibleby") && argument != nullptr && value.integer() &&
        argument->integer().value_or(0) != 0)
        return *value.integer() % *argument->integer() == 0;
    if ((name == "equalto" || name == "eq" || name == "ne") && argument != nullptr)
        return (value == *argument) == (name != "ne");
    if (name == "in" && argument != nullptr) {
        LYCEUM_ASSIGN(const Value found, apply_operator("in", value, *argument));
        return found.truthy();
    }
    return unknown("test", name);
}

} // namespace lyceum::text::jinja
