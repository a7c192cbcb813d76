#include "core/text/jinja/operations.h"

#include <locale.h>

#include <algorithm>
#include <array>
#include <clocale>

namespace lyceum::text::jinja {
namespace {

constexpr std::int64_t kMaxRange = 100'000;

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
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
    const auto [start, stop, step] = bounds;
    if (step == 0)
        return invalid("\"range\" with a step of zero");
    List items;
    for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
        items.emplace_back(i);
        if (static_cast<std::int64_t>(items.size()) > kMaxRange)
            return invalid("\"range\" of more than " + std::to_string(kMaxRange) + " numbers");
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return Value::make_list(std::move(items), ListKind::Range);
}

/// In English, whatever the program's locale is.
Result<Value> format_time(const Arguments& arguments, std::time_t now)
{
    const Value* format = arguments.find(0, "format");
    if (format == nullptr || format->string() == nullptr)
        return invalid("\"strftime_now\" needs a format");
    static const locale_t english = ::newlocale(LC_ALL_MASK, "C", nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 1024> text{};
    const std::size_t size =
        ::strftime_l(text.data(), text.size(), format->string()->c_str(), &local, english);
    if (size == 0 && !format->string()->empty())
        return invalid("\"strftime_now\" with the format \"" + format->string()->substr(0, 40) +
                       "\" gives no text of at most 1000 bytes");
    return Value(std::string(text.data(), size));
}

/// The arguments of dict() and namespace(): a mapping to start with, and names.
Result<Map> members_of(const Arguments& arguments)
{
    Map members;
    if (!arguments.positional.empty()) {
        const Value& first = arguments.positional.front();
        if (first.map() == nullptr || arguments.positional.size() > 1)
            return Error{ErrorCode::Unsupported,
                         "\"dict\" or \"namespace\" of " + std::string(first.kind()) +
                             " is not supported",
                         ""};
        members = *first.map();
    }
    for (const Member& keyword : arguments.keywords) {
        const auto same = std::ranges::find(members, keyword.key, &Member::key);
        if (same != members.end())
            same->value = keyword.value;
        else
            members.push_back(keyword);
    }
    return members;
}

} // namespace

bool is_function(std::string_view name)
{
    return name == "range" || name == "dict" || name == "namespace" || name == "raise_exception" ||
           name == "strftime_now";
}

Result<Value> call_function(std::string_view name, const Arguments& arguments, std::time_t now)
{
    if (name == "range")
        return range(arguments);
    if (name == "strftime_now")
        return format_time(arguments, now);
    if (name == "raise_exception") {
        const Value* message = arguments.find(0, "message");
        return invalid("it refuses these messages: " +
                       (message == nullptr ? "" : to_text(*message).value_or("")));
    }
    LYCEUM_ASSIGN(Map members, members_of(arguments));
    return name == "dict" ? Value(std::move(members)) : Value::make_namespace(std::move(members));
}

} // namespace lyceum::text::jinja
