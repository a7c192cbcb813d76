#include "core/text/jinja/value.h"

#include <algorithm>
#include <array>

namespace lyceum::text::jinja {
namespace {

std::size_t saturating_sum(std::size_t a, std::size_t b)
{
    return std::min(a + b, kMaxWeight);
}

} // namespace

Value::Value(std::string value)
{
    weight_ = saturating_sum(weight_, value.size());
    content_ = std::make_shared<const std::string>(std::move(value));
}

Value::Value(List value)
{
    for (const Value& item : value) {
        depth_ = std::max(depth_, item.depth_);
        weight_ = saturating_sum(weight_, item.weight_);
    }
    ++depth_;
    content_ = std::make_shared<const List>(std::move(value));
}

Value::Value(Map value)
{
    for (const Member& member : value) {
        depth_ = std::max(depth_, member.value.depth_);
        weight_ = saturating_sum(weight_ + member.key.size(), member.value.weight_);
    }
    ++depth_;
    content_ = std::make_shared<const Map>(std::move(value));
}

Value::Value(std::shared_ptr<const Callable> value)
    : content_(value), weight_(value->object.weight_), depth_(value->object.depth_ + 1)
{
}

Value Value::make_list(List value, ListKind kind)
{
    Value result(std::move(value));
    result.list_kind_ = kind;
    return result;
}

Value Value::make_namespace(Map value)
{
    Value result;
    result.content_ = std::make_shared<Map>(std::move(value));
    return result;
}

const std::string* Value::string() const
{
    const auto* shared = std::get_if<SharedString>(&content_);
    return shared == nullptr ? nullptr : shared->get();
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

const Callable* Value::callable() const
{
    const auto* shared = std::get_if<SharedCallable>(&content_);
    return shared == nullptr ? nullptr : shared->get();
}

bool Value::has_length() const
{
    return string() != nullptr || (map() != nullptr && mutable_namespace() == nullptr) ||
           (list() != nullptr && list_kind_ != ListKind::Generator);
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
        return !items->empty() || list_kind_ == ListKind::Generator;
    if (mutable_namespace() != nullptr || callable() != nullptr)
        return true;
    const Map* members = map();
    return members != nullptr && !members->empty();
}

std::string_view Value::kind() const
{
    constexpr std::array<std::string_view, 10> kKinds = {
        "an undefined value", "none",   "a boolean", "an integer",  "a float",
        "a string",           "a list", "a mapping", "a namespace", "a function"};
    constexpr std::array<std::string_view, 5> kLists = {"a list", "a tuple", "a range", "a view",
                                                        "a generator"};
    if (list() != nullptr)
        return kLists[static_cast<std::size_t>(list_kind_)];
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
        return a.list_kind_ == b.list_kind_ && *a.list() == *b.list();
    if (a.callable() != nullptr || b.callable() != nullptr)
        return a.callable() == b.callable();
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

} // namespace lyceum::text::jinja
