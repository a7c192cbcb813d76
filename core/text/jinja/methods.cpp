#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <array>

namespace lyceum::text::jinja {
namespace {

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

constexpr std::array<std::string_view, 47> kStringMethods = {
    "capitalize",   "casefold",    "center",    "count",      "encode",       "endswith",
    "expandtabs",   "find",        "format",    "format_map", "index",        "isalnum",
    "isalpha",      "isascii",     "isdecimal", "isdigit",    "isidentifier", "islower",
    "isnumeric",    "isprintable", "isspace",   "istitle",    "isupper",      "join",
    "ljust",        "lower",       "lstrip",    "maketrans",  "partition",    "removeprefix",
    "removesuffix", "replace",     "rfind",     "rindex",     "rjust",        "rpartition",
    "rsplit",       "rstrip",      "split",     "splitlines", "startswith",   "strip",
    "swapcase",     "title",       "translate", "upper",      "zfill"};
constexpr std::array<std::string_view, 11> kMapMethods = {
    "clear", "copy",    "fromkeys",   "get",    "items", "keys",
    "pop",   "popitem", "setdefault", "update", "values"};
constexpr std::array<std::string_view, 2> kTupleMethods = {"count", "index"};
constexpr std::array<std::string_view, 11> kListMethods = {"append", "clear",   "copy",   "count",
                                                           "extend", "index",   "insert", "pop",
                                                           "remove", "reverse", "sort"};
/// What would change a value; templates run where that is forbidden.
constexpr std::array<std::string_view, 11> kChanging = {
    "append", "clear",   "extend",     "insert", "pop",   "popitem",
    "remove", "reverse", "setdefault", "sort",   "update"};

template <typename Names>
bool is_one_of(std::string_view name, const Names& names)
{
    return std::ranges::find(names, name) != names.end();
}

Result<Value> map_method(const Map& map, std::string_view name, const Arguments& arguments)
{
    const Value* key = arguments.find(0, "");
    if (name == "get" && key != nullptr) {
        const Value* found = key->string() == nullptr ? nullptr : find_member(map, *key->string());
        const Value* fallback = arguments.find(1, "");
        return found != nullptr ? *found : fallback == nullptr ? Value(None{}) : *fallback;
    }
    if (name == "copy")
        return Value(Map(map));
    if (name != "items" && name != "keys" && name != "values")
        return Error{ErrorCode::Unsupported,
                     "the method \"" + std::string(name) +
                         "\" of a mapping, called like this, is "
                         "not supported",
                     ""};
    List list;
    for (const Member& member : map) {
        if (name == "items")
            list.push_back(Value::make_list({Value(member.key), member.value}, ListKind::Tuple));
        else
            list.push_back(name == "keys" ? Value(member.key) : member.value);
    }
    return Value::make_list(std::move(list), ListKind::View);
}

Result<Value> list_method(const Value& value, std::string_view name, const Arguments& arguments)
{
    const List& list = *value.list();
    const Value* item = arguments.find(0, "");
    if (name == "copy")
        return value;
    if (name == "count" && item != nullptr)
        return Value(static_cast<std::int64_t>(std::ranges::count(list, *item)));
    if (name == "index" && item != nullptr && arguments.positional.size() == 1) {
        const auto found = std::ranges::find(list, *item);
        if (found == list.end())
            return invalid("\"index\" of what is not in the list");
        return Value(static_cast<std::int64_t>(found - list.begin()));
    }
    return Error{ErrorCode::Unsupported,
                 "the method \"" + std::string(name) +
                     "\" of a list, called like this, is not "
                     "supported",
                 ""};
}

} // namespace

bool has_method(const Value& value, std::string_view name)
{
    if (value.string() != nullptr)
        return is_one_of(name, kStringMethods);
    if (value.list() != nullptr)
        return value.list_kind() == ListKind::Plain
                   ? is_one_of(name, kListMethods)
                   : value.has_length() && value.list_kind() != ListKind::View &&
                         is_one_of(name, kTupleMethods);
    return value.map() != nullptr && value.mutable_namespace() == nullptr &&
           is_one_of(name, kMapMethods);
}

Result<Value> call_method(const Value& value, std::string_view name, const Arguments& arguments)
{
    if (value.string() != nullptr)
        return call_string_method(value, name, arguments);
    if (is_one_of(name, kChanging))
        return invalid("\"" + std::string(name) + "\" would change " + std::string(value.kind()) +
                       ", which no chat template may");
    return value.map() != nullptr ? map_method(*value.map(), name, arguments)
                                  : list_method(value, name, arguments);
}

} // namespace lyceum::text::jinja
