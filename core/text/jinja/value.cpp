#include "core/text/jinja/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace lyceum::text::jinja {
namespace {

/// The shortest text that reads back equal, with ".0" for whole numbers, as Python's repr.
std::string float_text(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string text(digits.data(), end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

void append_quoted(std::string& out, std::string_view text)
{
    out += '"';
    for (const char c : text) {
        constexpr std::string_view kEscaped = "\"\\\n\r\t\b\f";
        constexpr std::string_view kLetters = "\"\\nrtbf";
        const std::size_t known = kEscaped.find(c);
        if (known != std::string_view::npos) {
            out += '\\';
            out += kLetters[known];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
            out += code.data();
        } else {
            out += c;
        }
    }
    out += '"';
}

/// What stands between two items: Python's ", ", or a line break at `level`.
void append_break(std::string& out, int indent, int level)
{
    if (indent < 0)
        return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent * level), ' ');
}

void append_json(std::string& out, const Value& value, int indent, int level)
{
    const char* separator = indent < 0 ? ", " : ",";
    bool first = true;
    if (const List* list = value.list()) {
        out += '[';
        for (const Value& item : *list) {
            out += first ? "" : separator;
            first = false;
            append_break(out, indent, level + 1);
            append_json(out, item, indent, level + 1);
        }
        if (!first)
            append_break(out, indent, level);
        out += ']';
    } else if (const Map* map = value.map()) {
        out += '{';
        for (const Member& member : *map) {
            out += first ? "" : separator;
            first = false;
            append_break(out, indent, level + 1);
            append_quoted(out, member.key);
            out += ": ";
            append_json(out, member.value, indent, level + 1);
        }
        if (!first)
            append_break(out, indent, level);
        out += '}';
    } else if (const std::string* text = value.string()) {
        append_quoted(out, *text);
    } else if (value.is_bool()) {
        out += value.truthy() ? "true" : "false";
    } else if (value.is_integer() || value.is_float()) {
        out += *to_text(value);
    } else {
        out += "null";
    }
}

} // namespace

Value::Value(List value)
{
    for (const Value& item : value)
        depth_ = std::max(depth_, item.depth_);
    ++depth_;
    content_ = std::make_shared<const List>(std::move(value));
}

Value::Value(Map value)
{
    for (const Member& member : value)
        depth_ = std::max(depth_, member.value.depth_);
    ++depth_;
    content_ = std::make_shared<const Map>(std::move(value));
}

Value Value::make_namespace(Map value)
{
    Value result;
    result.content_ = std::make_shared<Map>(std::move(value));
    return result;
}

const List* Value::list() const
{
    const auto* shared = std::get_if<SharedList>(&content_);
    return shared == nullptr ? nullptr : shared->get();
}

const Map* Value::map() const
{
    if (const auto* shared = std::get_if<SharedMap>(&content_))
        return shared->get();
    return mutable_namespace();
}

Map* Value::mutable_namespace() const
{
    const auto* shared = std::get_if<SharedNamespace>(&content_);
    return shared == nullptr ? nullptr : shared->get();
}

std::string Value::undefined_name() const
{
    const auto* undefined = std::get_if<Undefined>(&content_);
    return undefined == nullptr ? std::string() : undefined->name;
}

std::optional<std::int64_t> Value::integer() const
{
    if (is_bool())
        return std::get<bool>(content_) ? 1 : 0;
    return is_integer() ? std::optional(std::get<std::int64_t>(content_)) : std::nullopt;
}

std::optional<double> Value::number() const
{
    if (is_float())
        return std::get<double>(content_);
    const auto whole = integer();
    return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

bool Value::truthy() const
{
    if (const auto value = number())
        return *value != 0.0;
    if (const std::string* text = string())
        return !text->empty();
    if (const List* items = list())
        return !items->empty();
    if (mutable_namespace() != nullptr)
        return true;
    const Map* members = map();
    return members != nullptr && !members->empty();
}

std::string_view Value::kind() const
{
    constexpr std::array<std::string_view, 9> kKinds = {
        "an undefined value", "none",   "a boolean", "an integer", "a float",
        "a string",           "a list", "a mapping", "a namespace"};
    return kKinds[content_.index()];
}

bool operator==(const Value& a, const Value& b)
{
    if (const auto left = a.integer(), right = b.integer(); left && right)
        return *left == *right;
    if (const auto left = a.number(), right = b.number(); left && right)
        return *left == *right;
    if (a.string() != nullptr && b.string() != nullptr)
        return *a.string() == *b.string();
    if (a.list() != nullptr && b.list() != nullptr)
        return *a.list() == *b.list();
    if (const Map* left = a.map(), *right = b.map(); left != nullptr && right != nullptr) {
        return left->size() == right->size() &&
               std::ranges::all_of(*left, [right](const Member& member) {
                   const Value* other = find_member(*right, member.key);
                   return other != nullptr && member.value == *other;
               });
    }
    return (a.is_none() && b.is_none()) || (a.is_undefined() && b.is_undefined());
}

const Value* find_member(const Map& map, std::string_view key)
{
    const auto found = std::ranges::find(map, key, &Member::key);
    return found == map.end() ? nullptr : &found->value;
}

std::optional<std::string> to_text(const Value& value)
{
    if (const std::string* text = value.string())
        return *text;
    if (value.is_undefined())
        return std::string();
    if (value.is_none())
        return "None";
    if (value.is_bool())
        return value.truthy() ? "True" : "False";
    if (value.is_float())
        return float_text(*value.number());
    if (value.is_integer())
        return std::to_string(*value.integer());
    return std::nullopt;
}

std::string to_json_text(const Value& value, int indent)
{
    std::string out;
    append_json(out, value, indent, 0);
    return out;
}

} // namespace lyceum::text::jinja
