#include "core/text/jinja/operations.h"
#include "core/text/utf8.h"

#include <algorithm>

namespace lyceum::text::jinja {
namespace {

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

/// Byte offsets at which the characters of `text` begin, and its size.
std::vector<std::size_t> character_offsets(std::string_view text)
{
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < text.size(); i += decode_utf8(text, i).length)
        offsets.push_back(i);
    offsets.push_back(text.size());
    return offsets;
}

/// Which positions a slice takes (Python's slice.indices).
Result<std::vector<std::size_t>> slice_positions(std::size_t size, const Value& start,
                                                 const Value& stop, const Value& step)
{
    const auto given = [](const Value& value) { return !value.is_undefined() && !value.is_none(); };
    for (const Value* bound : {&start, &stop, &step})
        if (given(*bound) && !bound->integer())
            return invalid("a slice with " + std::string(bound->kind()));
    const std::int64_t stride = step.integer().value_or(1);
    if (stride == 0)
        return invalid("a slice with a step of zero");
    const auto length = static_cast<std::int64_t>(size);
    const std::int64_t lowest = stride > 0 ? 0 : -1;
    const std::int64_t highest = stride > 0 ? length : length - 1;
    const auto clamp = [&](const Value& bound, std::int64_t fallback) {
        if (!given(bound))
            return fallback;
        const std::int64_t value = *bound.integer();
        return std::clamp(value < 0 ? value + length : value, lowest, highest);
    };
    const std::int64_t first = clamp(start, stride > 0 ? lowest : highest);
    const std::int64_t end = clamp(stop, stride > 0 ? highest : lowest);
    std::vector<std::size_t> positions;
    if (stride > length || stride < -length) { // At most the first.
        if (stride > 0 ? first < end : first > end)
            positions.push_back(static_cast<std::size_t>(first));
        return positions;
    }
    for (std::int64_t i = first; stride > 0 ? i < end : i > end; i += stride)
        positions.push_back(static_cast<std::size_t>(i));
    return positions;
}

} // namespace

std::optional<List> items_of(const Value& value)
{
    List items;
    if (const List* list = value.list()) {
        items = *list;
    } else if (const std::string* text = value.string()) {
        for (std::size_t i = 0; i < text->size();) {
            const std::size_t length = decode_utf8(*text, i).length;
            items.emplace_back(text->substr(i, length));
            i += length;
        }
    } else if (value.map() != nullptr && value.mutable_namespace() == nullptr) {
        for (const Member& member : *value.map())
            items.emplace_back(member.key);
    } else if (!value.is_undefined()) {
        return std::nullopt;
    }
    return items;
}

Result<Value> get_attribute(const Value& value, std::string_view name)
{
    if (value.is_undefined())
        return invalid("\"" + value.undefined_name() + "\" is not defined");
    if (has_method(value, name))
        return Value(
            std::make_shared<const Callable>(Callable{std::string(name), value, nullptr, {}}));
    const Value* found = value.map() == nullptr ? nullptr : find_member(*value.map(), name);
    return found == nullptr ? Value(Undefined{std::string(name)}) : *found;
}

Result<Value> get_item(const Value& container, const Value& key)
{
    if (container.is_undefined())
        return invalid("\"" + container.undefined_name() + "\" is not defined");
    if (key.string() != nullptr) {
        const Value* found =
            container.map() == nullptr ? nullptr : find_member(*container.map(), *key.string());
        return found == nullptr ? get_attribute(container, *key.string()) : *found;
    }
    auto index = key.integer();
    const bool has_items =
        container.string() != nullptr || (container.list() != nullptr && container.has_length() &&
                                          container.list_kind() != ListKind::View);
    if (!index || !has_items)
        return Value(Undefined{to_text(key).value_or("an item")});
    const std::vector<std::size_t> offsets = container.list() != nullptr
                                                 ? std::vector<std::size_t>()
                                                 : character_offsets(*container.string());
    const auto size = static_cast<std::int64_t>(
        container.list() != nullptr ? container.list()->size() : offsets.size() - 1);
    *index += *index < 0 ? size : 0;
    if (*index < 0 || *index >= size)
        return Value(Undefined{"item " + std::to_string(*key.integer())});
    const auto position = static_cast<std::size_t>(*index);
    if (container.list() != nullptr)
        return (*container.list())[position];
    return Value(
        container.string()->substr(offsets[position], offsets[position + 1] - offsets[position]));
}

Result<Value> get_slice(const Value& container, const Value& start, const Value& stop,
                        const Value& step)
{
    if (container.is_undefined())
        return invalid("\"" + container.undefined_name() + "\" is not defined");
    const bool sliceable =
        container.list_kind() != ListKind::View && container.list_kind() != ListKind::Generator;
    if (const List* list = sliceable ? container.list() : nullptr) {
        LYCEUM_ASSIGN(const auto positions, slice_positions(list->size(), start, stop, step));
        List items;
        for (const std::size_t position : positions)
            items.push_back((*list)[position]);
        return Value::make_list(std::move(items), container.list_kind());
    }
    const std::string* text = container.string();
    if (text == nullptr)
        return Value(Undefined{"a slice of " + std::string(container.kind())});
    const auto offsets = character_offsets(*text);
    LYCEUM_ASSIGN(const auto positions, slice_positions(offsets.size() - 1, start, stop, step));
    std::string characters;
    for (const std::size_t position : positions)
        characters += text->substr(offsets[position], offsets[position + 1] - offsets[position]);
    return Value(std::move(characters));
}

} // namespace lyceum::text::jinja
