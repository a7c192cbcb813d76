#include "core/text/jinja/operations.h"

#include <algorithm>
#include <cmath>

namespace lyceum::text::jinja {
namespace {

constexpr std::int64_t kMaxWhole = std::int64_t{1} << 52U; ///< Exact in a float, far from overflow.

Error invalid(std::string message)
{
    return {ErrorCode::InvalidData, std::move(message), ""};
}

Error does_not_fit(std::string_view name, const Value& left, const Value& right)
{
    return invalid("\"" + std::string(name) + "\" of " + std::string(left.kind()) + " and " +
                   std::string(right.kind()));
}

Result<Value> whole(std::int64_t value)
{
    if (value > kMaxWhole || value < -kMaxWhole)
        return invalid("a number is out of range");
    return Value(value);
}

/// Python's: the quotient is rounded down.
std::int64_t floor_divide(std::int64_t a, std::int64_t b)
{
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Result<Value> calculate_whole(std::string_view name, std::int64_t a, std::int64_t b)
{
    if (name == "+")
        return whole(a + b);
    if (name == "-")
        return whole(a - b);
    if (name == "*") {
        if (a != 0 && std::abs(b) > kMaxWhole / std::abs(a))
            return invalid("a number is out of range");
        return whole(a * b);
    }
    if (b == 0)
        return invalid("a division by zero");
    if (name == "/")
        return Value(static_cast<double>(a) / static_cast<double>(b));
    return whole(name == "//" ? floor_divide(a, b) : a - floor_divide(a, b) * b);
}

Result<Value> calculate(std::string_view name, double a, double b)
{
    if (name == "+")
        return Value(a + b);
    if (name == "-")
        return Value(a - b);
    if (name == "*")
        return Value(a * b);
    if (b == 0.0)
        return invalid("a division by zero");
    if (name == "/")
        return Value(a / b);
    const double floored = std::floor(a / b);
    return Value(name == "//" ? floored : a - floored * b);
}

Result<Value> arithmetic(std::string_view name, const Value& left, const Value& right)
{
    if (name == "+" && left.string() != nullptr && right.string() != nullptr)
        return Value(*left.string() + *right.string());
    if (name == "+" && left.list() != nullptr && right.list() != nullptr) {
        List items = *left.list();
        items.insert(items.end(), right.list()->begin(), right.list()->end());
        return Value(std::move(items));
    }
    if (const auto a = left.integer(), b = right.integer(); a && b)
        return calculate_whole(name, *a, *b);
    if (const auto a = left.number(), b = right.number(); a && b)
        return calculate(name, *a, *b);
    return does_not_fit(name, left, right);
}

/// Negative, zero or positive.
Result<int> compare(std::string_view name, const Value& left, const Value& right)
{
    if (left.string() != nullptr && right.string() != nullptr)
        return left.string()->compare(*right.string());
    if (const auto a = left.number(), b = right.number(); a && b)
        return *a < *b ? -1 : *a > *b ? 1 : 0;
    return does_not_fit(name, left, right);
}

Result<bool> contains(const Value& item, const Value& container)
{
    if (const List* list = container.list())
        return std::ranges::find(*list, item) != list->end();
    if (const std::string* text = container.string(); text != nullptr && item.string() != nullptr)
        return text->find(*item.string()) != std::string::npos;
    if (const Map* map = container.map())
        return item.string() != nullptr && find_member(*map, *item.string()) != nullptr;
    if (container.is_undefined())
        return false;
    return does_not_fit("in", item, container);
}

} // namespace

Result<Value> apply_operator(std::string_view name, const Value& left, const Value& right)
{
    if (name == "==" || name == "!=")
        return Value((left == right) == (name == "=="));
    if (name == "in" || name == "not in") {
        LYCEUM_ASSIGN(const bool found, contains(left, right));
        return Value(found == (name == "in"));
    }
    if (name == "~") {
        const auto first = to_text(left);
        const auto second = to_text(right);
        return first && second ? Result<Value>(Value(*first + *second))
                               : does_not_fit(name, left, right);
    }
    if (name.front() != '<' && name.front() != '>')
        return arithmetic(name, left, right);
    LYCEUM_ASSIGN(const int order, compare(name, left, right));
    const bool equal = name.size() == 2;
    return Value(name.front() == '<' ? order < (equal ? 1 : 0) : order > (equal ? -1 : 0));
}

Result<Value> apply_sign(std::string_view name, const Value& operand)
{
    if (const auto value = operand.integer())
        return Value(name == "-" ? -*value : *value);
    if (const auto value = operand.number())
        return Value(name == "-" ? -*value : *value);
    return invalid("\"" + std::string(name) + "\" of " + std::string(operand.kind()));
}

} // namespace lyceum::text::jinja
