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

std::size_t count_code_points(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

Result<Value> get_item(const Value& container, const Value& key)
{
    if (container.is_undefined())
        return invalid("\"" + container.undefined_name() + "\" is not defined");
    const std::string name = key.string() == nullptr ? std::string() : *key.string();
    if (const Map* map = container.map()) {
        const Value* found = key.string() == nullptr ? nullptr : find_member(*map, name);
        return found == nullptr ? Value(Undefined{name}) : *found;
    }
    auto index = key.integer();
    if (!index)
        return Value(Undefined{name});
    if (const List* list = container.list()) {
        const auto size = static_cast<std::int64_t>(list->size());
        *index += *index < 0 ? size : 0;
        if (*index < 0 || *index >= size)
            return Value(Undefined{"item " + std::to_string(*key.integer())});
        return (*list)[static_cast<std::size_t>(*index)];
    }
    if (const std::string* text = container.string()) {
        const auto offsets = character_offsets(*text);
        const auto size = static_cast<std::int64_t>(offsets.size()) - 1;
        *index += *index < 0 ? size : 0;
        if (*index < 0 || *index >= size)
            return Value(Undefined{"character " + std::to_string(*key.integer())});
        const auto position = static_cast<std::size_t>(*index);
        return Value(text->substr(offsets[position], offsets[position + 1] - offsets[position]));
    }
    return Value(Undefined{name});
}

Result<Value> get_slice(const Value& container, const Value& start, const Value& stop,
                        const Value& step)
{
    if (const List* list = container.list()) {
        LYCEUM_ASSIGN(const auto positions, slice_positions(list->size(), start, stop, step));
        List items;
        for (const std::size_t position : positions)
            items.push_back((*list)[position]);
        return Value(std::move(items));
    }
    const std::string* text = container.string();
    if (text == nullptr)
        return invalid("a slice of " + std::string(container.kind()));
    const auto offsets = character_offsets(*text);
    LYCEUM_ASSIGN(const auto positions, slice_positions(offsets.size() - 1, start, stop, step));
    std::string characters;
    for (const std::size_t position : positions)
        characters += text->substr(offsets[position], offsets[position + 1] - offsets[position]);
    return Value(std::move(characters));
}

} // namespace lyceum::text::jinja
