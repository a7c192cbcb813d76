#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/lexer.h"
#include "core/text/jinja/operations.h"

#include <algorithm>

namespace lyceum::text::jinja {
Result<Value> Interpreter::evaluate(const Expression& node)
{
    LYCEUM_TRY(count_step(node.line));
    if (depth_ >= kMaxDepth)
        return template_error(ErrorCode::InvalidData, node.line, "it nests too deeply");
    ++depth_;
    auto value = evaluate_node(node);
    --depth_;
    return value;
}

Result<Value> Interpreter::evaluate_node(const Expression& node)
{
    switch (node.kind) {
    case ExpressionKind::Literal:
        return node.value;
    case ExpressionKind::Name:
        return evaluate_name(node);
    case ExpressionKind::ListLiteral:
    case ExpressionKind::TupleLiteral:
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
        return evaluate_call(node, nullptr);
    case ExpressionKind::Filter:
        return evaluate_filter(node);
    case ExpressionKind::Test:
        return evaluate_test(node);
    case ExpressionKind::Unary:
        return evaluate_unary(node);
    case ExpressionKind::Binary:
        return evaluate_binary(node);
    case ExpressionKind::Comparison:
        return evaluate_comparison(node);
    case ExpressionKind::Condition:
        return evaluate_condition(node);
    }
    return Value();
}

Result<Value> Interpreter::evaluate_condition(const Expression& node)
{
    LYCEUM_ASSIGN(const Value condition, evaluate(*node.children[1]));
    if (condition.truthy())
        return evaluate(*node.children[0]);
    return node.children[2] == nullptr ? Value() : evaluate(*node.children[2]);
}

Result<Value> Interpreter::evaluate_name(const Expression& node) const
{
    Value value = find_variable(node.name);
    if (value.is_undefined() && is_function(node.name))
        return Value(std::make_shared<const Callable>(Callable{node.name, {}, nullptr, {}}));
    return value;
}

Result<Value> Interpreter::evaluate_list(const Expression& node)
{
    List items;
    for (const ExpressionPtr& child : node.children) {
        LYCEUM_ASSIGN(Value item, evaluate(*child));
        LYCEUM_TRY(check_not_namespace(item, node.line));
        items.push_back(std::move(item));
    }
    const bool tuple = node.kind == ExpressionKind::TupleLiteral;
    return charge(Value::make_list(std::move(items), tuple ? ListKind::Tuple : ListKind::Plain),
                  node.line);
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
        const auto same = std::ranges::find(members, *key.string(), &Member::key);
        if (same != members.end())
            same->value = std::move(value);
        else
            members.push_back({*key.string(), std::move(value)});
    }
    return charge(Value(std::move(members)), node.line);
}

Result<Value> Interpreter::evaluate_attribute(const Expression& node)
{
    LYCEUM_ASSIGN(const Value object, evaluate(*node.children.front()));
    return at_line(get_attribute(object, node.name), node.line);
}

Result<Value> Interpreter::evaluate_item(const Expression& node)
{
    LYCEUM_ASSIGN(const Value object, evaluate(*node.children[0]));
    LYCEUM_ASSIGN(const Value key, evaluate(*node.children[1]));
    if (object.string() != nullptr)
        LYCEUM_TRY(count_work(object, node.line));
    return at_line(get_item(object, key), node.line);
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
    LYCEUM_TRY(count_work(object, node.line));
    return charge(get_slice(object, bounds[0], bounds[1], bounds[2]), node.line);
}

Result<Value> Interpreter::evaluate_unary(const Expression& node)
{
    LYCEUM_ASSIGN(const Value operand, evaluate(*node.children.front()));
    if (node.name == "not")
        return Value(!operand.truthy());
    return charge(apply_sign(node.name, operand), node.line);
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
    LYCEUM_TRY(count_work(left, node.line));
    if (right.map() == nullptr || !node.name.ends_with("in")) // A key is found without its value.
        LYCEUM_TRY(count_work(right, node.line));
    return charge(apply_operator(node.name, left, right), node.line);
}

Result<Value> Interpreter::evaluate_comparison(const Expression& node)
{
    LYCEUM_ASSIGN(Value left, evaluate(*node.children.front()));
    for (std::size_t i = 0; i < node.names.size(); ++i) {
        LYCEUM_ASSIGN(Value right, evaluate(*node.children[i + 1]));
        LYCEUM_TRY(count_work(left, node.line));
        LYCEUM_TRY(count_work(right, node.line));
        LYCEUM_ASSIGN(const Value holds,
                      charge(apply_operator(node.names[i], left, right), node.line));
        if (!holds.truthy())
            return Value(false);
        left = std::move(right);
    }
    return Value(true);
}

} // namespace lyceum::text::jinja
