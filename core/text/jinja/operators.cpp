#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

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

Result<Value> float_power(double a, double b)
{
    const double result = std::pow(a, b);
    if (a == 0.0 && b < 0.0)
        return invalid("a division by zero");
    if (!std::isfinite(result) && std::isfinite(a) && std::isfinite(b))
        return invalid("a power is out of range or not a real number");
    return Value(result);
}

Result<Value> power(std::int64_t a, std::int64_t b)
{
    if (b < 0)
        return float_power(static_cast<double>(a), static_cast<double>(b));
    if (a == 0 || a == 1)
        return Value(b == 0 ? std::int64_t{1} : a);
    if (a == -1)
        return Value(b % 2 == 0 ? std::int64_t{1} : a);
    std::int64_t result = 1;
    for (; b > 0; --b) {
        if (std::abs(result) > kMaxWhole / std::abs(a))
            return invalid("a number is out of range");
        result *= a;
    }
    return Value(result);
}

Result<Value> calculate_whole(std::string_view name, std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    if (name == "+" || name == "-" || name == "*") {
        const bool overflow = name == "+"   ? __builtin_add_overflow(a, b, &result)
                              : name == "-" ? __builtin_sub_overflow(a, b, &result)
                                            : __builtin_mul_overflow(a, b, &result);
        return overflow ? Result<Value>(invalid("a number is out of range")) : whole(result);
    }
    if (name == "**")
        return power(a, b);
    if (b == 0)
        return invalid("a division by zero");
    if (name == "/")
        return Value(static_cast<double>(a) / static_cast<double>(b));
    if (b == -1) // The one division that could overflow.
        return name == "//" ? calculate_whole("-", 0, a) : Value(std::int64_t{0});
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
    if (name == "**")
        return float_power(a, b);
    if (b == 0.0)
        return invalid("a division by zero");
    if (name == "/")
        return Value(a / b);
    double rest = std::fmod(a, b); // Python's float_divmod.
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (b < 0.0) != (rest < 0.0)) {
        rest += b;
        quotient -= 1.0;
    }
    if (name == "%")
        return Value(rest == 0.0 ? std::copysign(0.0, b) : rest);
    double floored = std::floor(quotient);
    if (quotient - floored > 0.5)
        floored += 1.0;
    return Value(quotient == 0.0 ? std::copysign(0.0, a / b) : floored);
}

/// A string, a list or a tuple.
bool is_repeatable(const Value& value)
{
    return value.string() != nullptr ||
           (value.list() != nullptr &&
            (value.list_kind() == ListKind::Plain || value.list_kind() == ListKind::Tuple));
}

Result<Value> repeat(const Value& value, std::int64_t count)
{
    const auto times = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    if (times > kMaxMadeText / std::max<std::size_t>(value.weight(), 1))
        return invalid("a repetition makes too much text");
    if (const std::string* text = value.string()) {
        std::string result;
        for (std::size_t i = 0; i < times; ++i)
            result += *text;
        return Value(std::move(result));
    }
    List items;
    for (std::size_t i = 0; i < times; ++i)
        items.insert(items.end(), value.list()->begin(), value.list()->end());
    return Value::make_list(std::move(items), value.list_kind());
}

Result<Value> arithmetic(std::string_view name, const Value& left, const Value& right)
{
    if (name == "+" && left.string() != nullptr && right.string() != nullptr)
        return Value(*left.string() + *right.string());
    if (name == "+" && left.list() != nullptr && right.list() != nullptr) {
        if (left.list_kind() != right.list_kind() || !is_repeatable(left))
            return does_not_fit(name, left, right);
        List items = *left.list();
        items.insert(items.end(), right.list()->begin(), right.list()->end());
        return Value::make_list(std::move(items), left.list_kind());
    }
    if (name == "%" && left.string() != nullptr)
        return format_percent(*left.string(),
                              right.list_kind() == ListKind::Tuple ? *right.list() : List{right});
    if (name == "*" && (left.integer() || right.integer()) &&
        (is_repeatable(left) || is_repeatable(right)))
        return left.integer() ? repeat(right, *left.integer()) : repeat(left, *right.integer());
    if (const auto a = left.integer(), b = right.integer(); a && b)
        return calculate_whole(name, *a, *b);
    if (const auto a = left.number(), b = right.number(); a && b)
        return calculate(name, *a, *b);
    return does_not_fit(name, left, right);
}

Result<bool> contains(const Value& item, const Value& container)
{
    if (const List* list = container.list())
        return std::ranges::find(*list, item) != list->end();
    if (const std::string* text = container.string(); text != nullptr && item.string() != nullptr)
        return text->find(*item.string()) != std::string::npos;
    if (const Map* map = container.mutable_namespace() == nullptr ? container.map() : nullptr)
        return item.string() != nullptr && find_member(*map, *item.string()) != nullptr;
    if (container.is_undefined())
        return false;
    return does_not_fit("in", item, container);
}

} // namespace

Result<int> compare(const Value& left, const Value& right)
{
    if (left.string() != nullptr && right.string() != nullptr)
        return left.string()->compare(*right.string());
    if (const auto a = left.integer(), b = right.integer(); a && b)
        return *a < *b ? -1 : *a > *b ? 1 : 0;
    if (const auto a = left.number(), b = right.number(); a && b)
        return *a < *b ? -1 : *a > *b ? 1 : 0;
    const bool lists = is_repeatable(left) && left.list() != nullptr && right.list() != nullptr &&
                       left.list_kind() == right.list_kind();
    if (!lists)
        return does_not_fit("<", left, right);
    const std::size_t common = std::min(left.list()->size(), right.list()->size());
    for (std::size_t i = 0; i < common; ++i) {
        if ((*left.list())[i] == (*right.list())[i])
            continue;
        return compare((*left.list())[i], (*right.list())[i]);
    }
    return static_cast<int>(left.list()->size() > common) -
           static_cast<int>(right.list()->size() > common);
}

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
    const bool nan =
        std::isnan(left.number().value_or(0)) || std::isnan(right.number().value_or(0));
    if (nan && left.number() && right.number())
        return Value(false);
    LYCEUM_ASSIGN(const int order, compare(left, right));
    const bool equal = name.size() == 2;
    return Value(name.front() == '<' ? order < (equal ? 1 : 0) : order > (equal ? -1 : 0));
}

Result<Value> apply_sign(std::string_view name, const Value& operand)
{
    if (const auto value = operand.integer())
        return name == "-" ? calculate_whole("-", 0, *value) : Value(*value);
    if (const auto value = operand.number())
        return Value(name == "-" ? -*value : *value);
    return invalid("\"" + std::string(name) + "\" of " + std::string(operand.kind()));
}

} // namespace lyceum::text::jinja
