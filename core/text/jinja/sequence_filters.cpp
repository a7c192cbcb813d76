#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <algorithm>
#include <charconv>

namespace lyceum::text::jinja {
namespace {

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

Value generator(List items)
{
    return Value::make_list(std::move(items), ListKind::Generator);
}

/// "a.b.0" of an item, as jinja2's make_attrgetter looks it up.
Result<Value> find_attribute(Value value, const Value& path)
{
    if (path.integer())
        return get_item(value, path);
    const std::string& names = *path.string();
    for (std::size_t begin = 0; begin <= names.size();) {
        const std::size_t end = std::min(names.find('.', begin), names.size());
        const std::string name = names.substr(begin, end - begin);
        std::int64_t index = 0;
        const char* last = name.data() + name.size();
        const bool number = !name.empty() && std::from_chars(name.data(), last, index).ptr == last;
        LYCEUM_ASSIGN(value, get_item(value, number ? Value(index) : Value(name)));
        begin = end + 1;
    }
    return value;
}

bool is_path(const Value* value)
{
    return value != nullptr && (value->string() != nullptr || value->integer());
}

/// The arguments after the first `count`.
Arguments rest_of(const Arguments& arguments, std::size_t count)
{
    Arguments rest = arguments;
    const auto end = rest.positional.begin() +
                     static_cast<std::ptrdiff_t>(std::min(count, rest.positional.size()));
    rest.positional.erase(rest.positional.begin(), end);
    return rest;
}

Result<Value> map_filter(const List& items, const Arguments& arguments)
{
    const Value* path = find_member(arguments.keywords, "attribute");
    const Value* otherwise = find_member(arguments.keywords, "default");
    List results;
    std::size_t made = 0;
    for (const Value& item : items) {
        Value result;
        if (is_path(path)) {
            LYCEUM_ASSIGN(result, find_attribute(item, *path));
            if (result.is_undefined() && otherwise != nullptr)
                result = *otherwise;
        } else if (arguments.positional.empty() ||
                   arguments.positional.front().string() == nullptr) {
            return invalid("\"map\" without a filter or an attribute");
        } else {
            const std::string& filter = *arguments.positional.front().string();
            if (filter == "map" || filter.find("select") != std::string::npos ||
                filter.find("reject") != std::string::npos)
                return Error{ErrorCode::Unsupported,
                             "\"map\" of the filter \"" + filter + "\" is not supported", ""};
            LYCEUM_ASSIGN(result, apply_filter(filter, item, rest_of(arguments, 1)));
        }
        made += result.weight();
        if (made > kMaxMadeText)
            return invalid("\"map\" makes too much text");
        results.push_back(std::move(result));
    }
    return generator(std::move(results));
}

/// select, reject, selectattr and rejectattr: by a test, without one by being true.
Result<Value> select_filter(std::string_view name, const List& items, const Arguments& arguments)
{
    const bool of_attribute = name.ends_with("attr");
    const std::size_t test_index = of_attribute ? 1 : 0;
    if (of_attribute && (arguments.positional.empty() || !is_path(&arguments.positional.front())))
        return invalid("\"" + std::string(name) + "\" without an attribute");
    const Value* test =
        test_index < arguments.positional.size() ? &arguments.positional[test_index] : nullptr;
    if (test != nullptr && test->string() == nullptr)
        return invalid("\"" + std::string(name) + "\" with a test that is no name");
    List results;
    for (const Value& item : items) {
        Value subject = item;
        if (of_attribute) {
            LYCEUM_ASSIGN(subject, find_attribute(item, arguments.positional.front()));
        }
        bool holds = subject.truthy();
        if (test != nullptr) {
            LYCEUM_ASSIGN(holds,
                          apply_test(*test->string(), subject, rest_of(arguments, test_index + 1)));
        }
        if (holds == name.starts_with("select"))
            results.push_back(item);
    }
    return generator(std::move(results));
}

/// What an item is sorted or told apart by.
Result<Value> key_of(const Value& item, const Value* path, bool case_sensitive)
{
    Value key = item;
    if (is_path(path)) {
        LYCEUM_ASSIGN(key, find_attribute(item, *path));
    }
    if (case_sensitive || key.string() == nullptr)
        return key;
    LYCEUM_ASSIGN(std::string lower, change_case("lower", *key.string()));
    return Value(std::move(lower));
}

struct Keyed {
    Value key;
    Value item;
};

Result<std::vector<Keyed>> keyed(const List& items, const Value* path, bool case_sensitive)
{
    std::vector<Keyed> result;
    for (const Value& item : items) {
        LYCEUM_ASSIGN(Value key, key_of(item, path, case_sensitive));
        result.push_back({std::move(key), item});
    }
    return result;
}

/// Stable; an error where two keys have no order.
Result<void> sort_by_key(std::vector<Keyed>& items, bool reverse)
{
    for (std::size_t i = 0; i + 1 < items.size(); ++i) // An order of each with the first is one.
        LYCEUM_TRY(compare(items.front().key, items[i + 1].key));
    std::ranges::stable_sort(items, [reverse](const Keyed& a, const Keyed& b) {
        const auto order = reverse ? compare(b.key, a.key) : compare(a.key, b.key);
        return order && order.value() < 0;
    });
    return {};
}

bool flag(const Arguments& arguments, std::size_t index, std::string_view name)
{
    const Value* value = arguments.find(index, name);
    return value != nullptr && value->truthy();
}

Result<Value> sort_filter(const List& items, const Arguments& arguments)
{
    LYCEUM_ASSIGN(auto sorted, keyed(items, arguments.find(2, "attribute"),
                                     flag(arguments, 1, "case_sensitive")));
    LYCEUM_TRY(sort_by_key(sorted, flag(arguments, 0, "reverse")));
    List result;
    for (Keyed& entry : sorted)
        result.push_back(std::move(entry.item));
    return Value(std::move(result));
}

Result<Value> dictsort_filter(const Value& value, const Arguments& arguments)
{
    if (value.map() == nullptr)
        return invalid("\"dictsort\" of " + std::string(value.kind()));
    const Value* by = arguments.find(1, "by");
    const bool by_value = by != nullptr && by->string() != nullptr && *by->string() == "value";
    List pairs;
    for (const Member& member : *value.map())
        pairs.push_back(Value::make_list({Value(member.key), member.value}, ListKind::Tuple));
    const Value position(std::int64_t{by_value ? 1 : 0});
    LYCEUM_ASSIGN(auto sorted, keyed(pairs, &position, flag(arguments, 0, "case_sensitive")));
    LYCEUM_TRY(sort_by_key(sorted, flag(arguments, 2, "reverse")));
    List result;
    for (Keyed& entry : sorted)
        result.push_back(std::move(entry.item));
    return Value(std::move(result));
}

Result<Value> unique_filter(const List& items, const Arguments& arguments)
{
    LYCEUM_ASSIGN(const auto all, keyed(items, arguments.find(1, "attribute"),
                                        flag(arguments, 0, "case_sensitive")));
    constexpr std::size_t kMaxUnique = 1000;
    std::vector<Keyed> seen;
    for (const Keyed& entry : all) {
        if (std::ranges::find(seen, entry.key, &Keyed::key) == seen.end())
            seen.push_back(entry);
        if (seen.size() > kMaxUnique)
            return invalid("\"unique\" of more than 1000 different items");
    }
    List result;
    for (Keyed& entry : seen)
        result.push_back(std::move(entry.item));
    return generator(std::move(result));
}

Result<Value> groupby_filter(const List& items, const Arguments& arguments)
{
    const Value* path = arguments.find(0, "attribute");
    if (!is_path(path) || arguments.find(1, "default") != nullptr)
        return invalid("\"groupby\" needs an attribute and nothing else");
    LYCEUM_ASSIGN(auto sorted, keyed(items, path, flag(arguments, 2, "case_sensitive")));
    LYCEUM_TRY(sort_by_key(sorted, false));
    List groups;
    for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
        List group;
        for (end = begin; end < sorted.size() && sorted[end].key == sorted[begin].key; ++end)
            group.push_back(sorted[end].item);
        LYCEUM_ASSIGN(Value name, key_of(sorted[begin].item, path, true));
        groups.push_back(
            Value::make_list({std::move(name), Value(std::move(group))}, ListKind::Tuple));
        end = std::max(end, begin + 1); // NaN equals nothing.
    }
    return Value(std::move(groups));
}

Result<Value> sum_filter(const List& items, const Arguments& arguments)
{
    const Value* path = arguments.find(0, "attribute");
    const Value* start = arguments.find(1, "start");
    Value total = start == nullptr ? Value(std::int64_t{0}) : *start;
    if (!total.number())
        return invalid("\"sum\" of what are not numbers");
    for (const Value& item : items) {
        LYCEUM_ASSIGN(const Value part, key_of(item, path, true));
        if (!part.number())
            return invalid("\"sum\" of " + std::string(part.kind()));
        LYCEUM_ASSIGN(total, apply_operator("+", total, part));
    }
    return total;
}

/// min and max; the first of equal ones.
Result<Value> extreme(const List& items, const Arguments& arguments, bool largest)
{
    LYCEUM_ASSIGN(const auto all, keyed(items, arguments.find(1, "attribute"),
                                        flag(arguments, 0, "case_sensitive")));
    const Keyed* best = nullptr;
    for (const Keyed& entry : all) {
        LYCEUM_ASSIGN(const int order, compare(entry.key, (best == nullptr ? entry : *best).key));
        if (best == nullptr || (largest ? order > 0 : order < 0))
            best = &entry;
    }
    return best == nullptr ? Value(Undefined{"an item of nothing"}) : best->item;
}

/// batch: lists of `count`; slice: `count` lists; what is missing is filled.
Result<Value> batch_filter(std::string_view name, const List& items, const Arguments& arguments)
{
    const Value* size = arguments.find(0, name == "batch" ? "linecount" : "slices");
    const Value* fill = arguments.find(1, "fill_with");
    const std::int64_t count = size == nullptr ? 0 : size->integer().value_or(0);
    constexpr std::int64_t kMaxCount = 1000;
    if (count < 1 || count > kMaxCount)
        return invalid("\"" + std::string(name) + "\" needs a count of 1 to 1000");
    const auto whole = static_cast<std::size_t>(count);
    List lists;
    if (name == "batch") {
        for (std::size_t begin = 0; begin < items.size(); begin += whole) {
            List part;
            for (std::size_t i = begin; i < std::min(begin + whole, items.size()); ++i)
                part.push_back(items[i]);
            if (fill != nullptr && !fill->is_none())
                part.resize(whole, *fill);
            lists.emplace_back(std::move(part));
        }
        return generator(std::move(lists));
    }
    const std::size_t shortest = items.size() / whole;
    const std::size_t longer = items.size() % whole;
    std::size_t next = 0;
    for (std::size_t i = 0; i < whole; ++i) {
        List part;
        for (std::size_t j = 0; j < shortest + (i < longer ? 1 : 0); ++j)
            part.push_back(items[next++]);
        if (fill != nullptr && !fill->is_none() && i >= longer)
            part.push_back(*fill);
        lists.emplace_back(std::move(part));
    }
    return generator(std::move(lists));
}

Result<Value> join_filter(List items, const Arguments& arguments)
{
    const Value* path = arguments.find(1, "attribute");
    const Value* separator = arguments.find(0, "d");
    if (is_path(path))
        for (Value& item : items) {
            LYCEUM_ASSIGN(item, find_attribute(item, *path));
        }
    return join_texts(items, separator == nullptr ? "" : to_text(*separator).value_or(""));
}

Result<Value> items_filter(const Value& value)
{
    List pairs;
    if (value.map() != nullptr)
        for (const Member& member : *value.map())
            pairs.push_back(Value::make_list({Value(member.key), member.value}, ListKind::Tuple));
    else if (!value.is_undefined())
        return invalid("\"items\" of " + std::string(value.kind()));
    return generator(std::move(pairs));
}

Result<Value> reverse_filter(const Value& value, List items)
{
    std::ranges::reverse(items);
    return value.string() != nullptr ? join_texts(items, "") : generator(std::move(items));
}

} // namespace

std::optional<Result<Value>> apply_sequence_filter(std::string_view name, const Value& value,
                                                   const Arguments& arguments)
{
    if (name == "dictsort")
        return dictsort_filter(value, arguments);
    if (name == "items")
        return items_filter(value);
    const bool passes_by =
        name == "map" || name.starts_with("select") || name.starts_with("reject");
    auto items = passes_by && !value.truthy() ? List() : items_of(value); // None gives nothing.
    if (!items) {
        constexpr std::string_view kNames = " first last join list reverse map select reject "
                                            "selectattr rejectattr sort unique groupby sum min "
                                            "max batch slice ";
        if (kNames.find(" " + std::string(name) + " ") == std::string_view::npos)
            return std::nullopt;
        return invalid("\"" + std::string(name) + "\" of " + std::string(value.kind()));
    }
    if (name == "first" || name == "last")
        return items->empty()    ? Value(Undefined{std::string(name) + " item of nothing"})
               : name == "first" ? items->front()
                                 : items->back();
    if (name == "join")
        return join_filter(std::move(*items), arguments);
    if (name == "list")
        return Value(std::move(*items));
    if (name == "reverse")
        return reverse_filter(value, std::move(*items));
    if (name == "map")
        return map_filter(*items, arguments);
    if (name == "select" || name == "reject" || name == "selectattr" || name == "rejectattr")
        return select_filter(name, *items, arguments);
    if (name == "sort")
        return sort_filter(*items, arguments);
    if (name == "unique")
        return unique_filter(*items, arguments);
    if (name == "groupby")
        return groupby_filter(*items, arguments);
    if (name == "sum")
        return sum_filter(*items, arguments);
    if (name == "min" || name == "max")
        return extreme(*items, arguments, name == "max");
    if (name == "batch" || name == "slice")
        return batch_filter(name, *items, arguments);
    return std::nullopt;
}

} // namespace lyceum::text::jinja
