#include "core/text/jinja/operations.h"
#include "core/text/jinja/strings.h"

#include <array>
#include <utility>

namespace lyceum::text::jinja {
namespace {

/// What kind of value it is; nothing for another test.
std::optional<bool> kind_test(std::string_view name, const Value& value)
{
    if (name == "defined" || name == "undefined")
        return value.is_undefined() == (name == "undefined");
    if (name == "none")
        return value.is_none();
    if (name == "string")
        return value.string() != nullptr;
    if (name == "mapping")
        return value.map() != nullptr && value.mutable_namespace() == nullptr;
    if (name == "sequence")
        return value.has_length() &&
               (value.list() == nullptr || value.list_kind() != ListKind::View);
    if (name == "iterable")
        return value.has_length() || value.list() != nullptr || value.is_undefined();
    if (name == "callable")
        return value.callable() != nullptr;
    if (name == "boolean")
        return value.is_bool();
    if (name == "integer")
        return value.is_integer();
    if (name == "float")
        return value.is_float();
    if (name == "number")
        return value.number().has_value();
    if (name == "true" || name == "false")
        return value.is_bool() && value.truthy() == (name == "true");
    return std::nullopt;
}

/// The operator that a test is another name of; empty for none.
std::string_view operator_of(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kNames = {{
        {"equalto", "=="},
        {"eq", "=="},
        {"==", "=="},
        {"ne", "!="},
        {"!=", "!="},
        {"gt", ">"},
        {"greaterthan", ">"},
        {">", ">"},
        {"ge", ">="},
        {">=", ">="},
        {"lt", "<"},
        {"lessthan", "<"},
        {"<", "<"},
        {"le", "<="},
        {"<=", "<="},
        {"in", "in"},
    }};
    for (const auto& [test, op] : kNames)
        if (test == name)
            return op;
    return {};
}

/// Python's "is" of values that have no identity here: the same kind, and equal.
bool is_same(const Value& a, const Value& b)
{
    return a.kind() == b.kind() && a == b;
}

} // namespace

Result<bool> apply_test(std::string_view name, const Value& value, const Arguments& arguments)
{
    if (const auto of_kind = kind_test(name, value))
        return *of_kind;
    const Value* argument = arguments.find(0, "");
    if (const std::string_view op = operator_of(name); !op.empty() && argument != nullptr) {
        LYCEUM_ASSIGN(const Value holds, apply_operator(op, value, *argument));
        return holds.truthy();
    }
    if ((name == "odd" || name == "even") && value.integer())
        return (*value.integer() % 2 == 0) == (name == "even");
    if (name == "divisibleby" && argument != nullptr && value.integer() &&
        argument->integer().value_or(0) != 0)
        return *argument->integer() == -1 || *value.integer() % *argument->integer() == 0;
    if (name == "sameas" && argument != nullptr)
        return is_same(value, *argument);
    if ((name == "lower" || name == "upper") && value.string() != nullptr) {
        const Value method(name == "lower" ? "islower" : "isupper");
        LYCEUM_ASSIGN(const Value holds, call_string_method(value, *method.string(), {}));
        return holds.truthy();
    }
    return Error{ErrorCode::Unsupported,
                 "the test \"" + std::string(name) + "\", used like this, is not supported", ""};
}

} // namespace lyceum::text::jinja
