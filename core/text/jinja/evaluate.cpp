#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/lexer.h"
#include "core/text/jinja/operations.h"

namespace lyceum::text::jinja {
namespace {

Error at_line(int line, const Error& error)
{
    return template_error(error.code, line, error.message);
}

} // namespace

Result<Value> Interpreter::evaluate(const Expression& node)
{
    LYCEUM_TRY(count_step(node.line));
    switch (node.kind) {
    case ExpressionKind::Literal:
        return node.value;
    case ExpressionKind::Name:
        return evaluate_name(node);
    case ExpressionKind::ListLiteral:
        return evaluate_list(node);
    case ExpressionKind::MapLiteral:
        return evaluate_map(node);
    case ExpressionKind::Attribute:
        return evaluate_attribute(node);
    case ExpressionKind::Item:
        return evaluate_item(node);
    case ExpressionKind::Slice:
        return evaluate_slice(node);
    case ExpressionKind::Call:
        return evaluate_call(node);
    case ExpressionKind::Filter:
        return evaluate_filter(node);
    case ExpressionKind::Test:
        return evaluate_test(node);
    case ExpressionKind::Unary:
        return evaluate_unary(node);
    case ExpressionKind::Binary:
        return evaluate_binary(node);
    case ExpressionKind::Condition: {
        LYCEUM_ASSIGN(const Value condition, evaluate(*node.children[1]));
        if (condition.truthy())
            return evaluate(*node.children[0]);
        return node.children[2] == nullptr ? Value() : evaluate(*node.children[2]);
    }
    }
    return Value();
}

Result<Value> Interpreter::evaluate_name(const Expression& node) const
{
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        if (const Value* value = find_member(*scope, node.name))
            return *value;
    return Value(Undefined{node.name});
}

Result<Value> Interpreter::evaluate_list(const Expression& node)
{
    List items;
    for (const ExpressionPtr& child : node.children) {
        LYCEUM_ASSIGN(Value item, evaluate(*child));
        LYCEUM_TRY(check_not_namespace(item, node.line));
        items.push_back(std::move(item));
    }
    return charge(std::move(items), node.line);
}

Result<Value> Interpreter::evaluate_map(const Expression& node)
{
    Map members;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
        LYCEUM_ASSIGN(const Value key, evaluate(*node.children[i]));
        LYCEUM_ASSIGN(Value value, evaluate(*node.children[i + 1]));
        LYCEUM_TRY(check_not_namespace(value, node.line));
        if (key.string() == nullptr)
            return template_error(ErrorCode::Unsupported, node.line,
                                  std::string(key.kind()) + " as a key is not supported");
        members.push_back({*key.string(), std::move(value)});
    }
    return charge(std::move(members), node.line);
}

Result<Value> Interpreter::evaluate_attribute(const Expression& node)
{
    LYCEUM_ASSIGN(const Value object, evaluate(*node.children.front()));
    auto value = get_item(object, Value(node.name));
    return value ? std::move(value) : at_line(node.line, value.error());
}

Result<Value> Interpreter::evaluate_item(const Expression& node)
{
    LYCEUM_ASSIGN(const Value object, evaluate(*node.children[0]));
    LYCEUM_ASSIGN(const Value key, evaluate(*node.children[1]));
    auto value = get_item(object, key);
    return value ? std::move(value) : at_line(node.line, value.error());
}

Result<Value> Interpreter::evaluate_slice(const Expression& node)
{
    LYCEUM_ASSIGN(const Value object, evaluate(*node.children[0]));
    Value bounds[3];
    for (std::size_t i = 0; i < 3; ++i) {
        if (node.children[i + 1] == nullptr)
            continue;
        LYCEUM_ASSIGN(bounds[i], evaluate(*node.children[i + 1]));
    }
    auto slice = get_slice(object, bounds[0], bounds[1], bounds[2]);
    return slice ? charge(std::move(slice).value(), node.line) : at_line(node.line, slice.error());
}

Result<Value> Interpreter::evaluate_unary(const Expression& node)
{
    LYCEUM_ASSIGN(const Value operand, evaluate(*node.children.front()));
    if (node.name == "not")
        return Value(!operand.truthy());
    auto value = apply_sign(node.name, operand);
    return value ? std::move(value) : at_line(node.line, value.error());
}

Result<Value> Interpreter::evaluate_binary(const Expression& node)
{
    LYCEUM_ASSIGN(Value left, evaluate(*node.children[0]));
    if (node.name == "and" || node.name == "or") {
        if (left.truthy() == (node.name == "or"))
            return left;
        return evaluate(*node.children[1]);
    }
    LYCEUM_ASSIGN(const Value right, evaluate(*node.children[1]));
    auto value = apply_operator(node.name, left, right);
    return value ? charge(std::move(value).value(), node.line) : at_line(node.line, value.error());
}

} // namespace lyceum::text::jinja
