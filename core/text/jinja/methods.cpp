#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <array>

namespace lyceum::text::jinja {
namespace {

constexpr std::int64_t kMaxRange = 100'000;

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

Error unknown(const Value& value, std::string_view name)
{
    return {ErrorCode::Unsupported,
            "the method \"" + std::string(name) + "\" of " + std::string(value.kind()) +
                " is not supported",
            ""};
}

/// startswith and endswith: of one string or any of a list.
Result<bool> has_affix(std::string_view text, const Value& affix, bool at_start)
{
    const auto matches = [text, at_start](const std::string& part) {
        return at_start ? text.starts_with(part) : text.ends_with(part);
    };
    if (affix.string() != nullptr)
        return matches(*affix.string());
    if (affix.list() == nullptr)
        return invalid("\"startswith\" or \"endswith\" with " + std::string(affix.kind()));
    return std::ranges::any_of(*affix.list(), [&](const Value& part) {
        return part.string() != nullptr && matches(*part.string());
    });
}

Result<Value> strip_method(const std::string& text, StripEnds ends, const Value* characters)
{
    if (characters == nullptr || characters->is_none())
        return Value(strip(text, ends));
    if (characters->string() == nullptr)
        return invalid("\"strip\" with " + std::string(characters->kind()));
    return Value(strip(text, ends, *characters->string()));
}

Result<Value> split_method(const std::string& text, const Arguments& arguments)
{
    const Value* separator = arguments.find(0, "sep");
    const Value* limit = arguments.find(1, "maxsplit");
    if (separator == nullptr || separator->is_none()) {
        if (limit != nullptr)
            return Error{ErrorCode::Unsupported,
                         "\"split\" at white space with a limit is not supported", ""};
        return Value(split_words(text));
    }
    if (separator->string() == nullptr || separator->string()->empty())
        return invalid("\"split\" at nothing");
    return Value(split_text(text, *separator->string(),
                            limit == nullptr ? -1 : limit->integer().value_or(-1)));
}

Result<Value> string_method(const Value& value, std::string_view name, const Arguments& arguments)
{
    const std::string& text = *value.string();
    const Value* first = arguments.find(0, "");
    if (name == "strip")
        return strip_method(text, StripEnds::Both, first);
    if (name == "lstrip")
        return strip_method(text, StripEnds::Left, first);
    if (name == "rstrip")
        return strip_method(text, StripEnds::Right, first);
    if (name == "split")
        return split_method(text, arguments);
    if (name == "upper" || name == "lower" || name == "capitalize" || name == "title")
        return change_case(name, text);
    if ((name == "startswith" || name == "endswith") && first != nullptr) {
        LYCEUM_ASSIGN(const bool found, has_affix(text, *first, name == "startswith"));
        return Value(found);
    }
    const Value* second = arguments.find(1, "");
    if (name == "replace" && first != nullptr && second != nullptr && first->string() != nullptr &&
        second->string() != nullptr && arguments.positional.size() == 2)
        return replace_all(text, *first->string(), *second->string());
    if (name == "join" && first != nullptr && first->list() != nullptr)
        return join_texts(*first->list(), text);
    return unknown(value, name);
}

Result<Value> map_method(const Value& value, std::string_view name, const Arguments& arguments)
{
    const Map& map = *value.map();
    if (name == "get" && arguments.find(0, "") != nullptr) {
        const Value* key = arguments.find(0, "");
        const Value* found = key->string() == nullptr ? nullptr : find_member(map, *key->string());
        const Value* fallback = arguments.find(1, "default");
        if (found != nullptr)
            return *found;
        return fallback == nullptr ? Value(None{}) : *fallback;
    }
    if (name != "items" && name != "keys" && name != "values")
        return unknown(value, name);
    List list;
    for (const Member& member : map) {
        if (name == "items")
            list.emplace_back(List{Value(member.key), member.value});
        else
            list.push_back(name == "keys" ? Value(member.key) : member.value);
    }
    return Value(std::move(list));
}

Result<Value> range(const Arguments& arguments)
{
    std::array<std::int64_t, 3> bounds = {0, 0, 1};
    const std::size_t count = arguments.positional.size();
    if (count == 0 || count > 3)
        return invalid("\"range\" takes one to three numbers");
    for (std::size_t i = 0; i < count; ++i) {
        const auto bound = arguments.positional[i].integer();
        if (!bound)
            return invalid("\"range\" of " + std::string(arguments.positional[i].kind()));
        bounds[count == 1 ? 1 : i] = *bound;
    }
    if (bounds[2] == 0)
        return invalid("\"range\" with a step of zero");
    List items;
    for (std::int64_t i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1];
         i += bounds[2]) {
        items.emplace_back(i);
        if (static_cast<std::int64_t>(items.size()) > kMaxRange || std::abs(bounds[2]) > kMaxRange)
            return invalid("\"range\" of more than " + std::to_string(kMaxRange) + " numbers");
    }
    return Value(std::move(items));
}

} // namespace

Result<Value> call_method(const Value& value, std::string_view name, const Arguments& arguments)
{
    if (value.string() != nullptr)
        return string_method(value, name, arguments);
    if (value.map() != nullptr)
        return map_method(value, name, arguments);
    if (value.is_undefined())
        return invalid("\"" + value.undefined_name() + "\" is not defined");
    return unknown(value, name);
}

Result<Value> call_function(std::string_view name, const Arguments& arguments)
{
    if (name == "raise_exception") {
        const Value* message = arguments.find(0, "message");
        return invalid("it refuses these messages: " +
                       (message == nullptr ? "" : to_text(*message).value_or("")));
    }
    if (name == "namespace" && arguments.positional.empty())
        return Value::make_namespace(arguments.keywords);
    if (name == "dict" && arguments.positional.empty())
        return Value(arguments.keywords);
    if (name == "range")
        return range(arguments);
    return Error{ErrorCode::Unsupported,
                 "the function \"" + std::string(name) + "\" is not supported", ""};
}

} // namespace lyceum::text::jinja
