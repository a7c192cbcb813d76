#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/lexer.h"
#include "core/text/jinja/operations.h"

#include <algorithm>

namespace lyceum::text::jinja {

const Value* Arguments::find(std::size_t index, std::string_view name) const
{
    return index < positional.size() ? &positional[index] : find_member(keywords, name);
}

Result<Value> Interpreter::evaluate_call(const Expression& node, const Value* caller)
{
    const Expression& callee = *node.children.front();
    if (callee.kind == ExpressionKind::Attribute) {
        LYCEUM_ASSIGN(const Value object, evaluate(*callee.children.front()));
        const Expression& owner = *callee.children.front();
        if (callee.name == "cycle" && owner.kind == ExpressionKind::Name && owner.name == "loop")
            return loop_cycle(object, node);
        LYCEUM_ASSIGN(const Value method, at_line(get_attribute(object, callee.name), callee.line));
        if (method.callable() == nullptr)
            return template_error(ErrorCode::Unsupported, node.line,
                                  "the method \"" + callee.name + "\" of " +
                                      std::string(object.kind()) + " is not supported");
        return call(method, node, caller);
    }
    LYCEUM_ASSIGN(const Value function, evaluate(callee));
    if (function.callable() != nullptr)
        return call(function, node, caller);
    if (callee.kind == ExpressionKind::Name && function.is_undefined())
        return template_error(ErrorCode::Unsupported, node.line,
                              "the function \"" + callee.name + "\" is not supported");
    return template_error(ErrorCode::InvalidData, node.line,
                          "calling " + std::string(function.kind()));
}

Result<Value> Interpreter::call(const Value& callee, const Expression& node, const Value* caller)
{
    LYCEUM_ASSIGN(Arguments arguments, evaluate_arguments(node));
    const Callable& callable = *callee.callable();
    if (callable.macro != nullptr) {
        if (caller != nullptr)
            arguments.keywords.push_back({"caller", *caller});
        return call_macro(callable, std::move(arguments), node.line);
    }
    if (caller != nullptr)
        return template_error(ErrorCode::InvalidData, node.line,
                              "\"call\" needs a macro, and \"" + callable.name + "\" is none");
    for (const Value& argument : arguments.positional) {
        LYCEUM_TRY(check_not_namespace(argument, node.line));
        LYCEUM_TRY(count_work(argument, node.line));
    }
    for (const Member& argument : arguments.keywords)
        LYCEUM_TRY(check_not_namespace(argument.value, node.line));
    if (callable.object.is_undefined())
        return charge(call_function(callable.name, arguments, now_), node.line);
    LYCEUM_TRY(count_work(callable.object, node.line));
    return charge(call_method(callable.object, callable.name, arguments), node.line);
}

Result<Value> Interpreter::call_macro(const Callable& macro, Arguments arguments, int line)
{
    auto closure = macro.closure.lock();
    if (closure == nullptr)
        return template_error(ErrorCode::Unsupported, line,
                              "calling the macro \"" + macro.name +
                                  "\" outside of the block that defines it is not supported");
    const Statement& statement = *macro.macro;
    auto outside = std::exchange(scope_, std::make_shared<Scope>(Scope{{}, std::move(closure)}));
    LYCEUM_TRY(bind_parameters(statement, std::move(arguments), line));
    std::string before = std::exchange(output_, {});
    LYCEUM_TRY(run(statement.body));
    std::string text = std::exchange(output_, std::move(before));
    scope_ = std::move(outside);
    return charge(Value(std::move(text)), line);
}

Result<void> Interpreter::bind_parameters(const Statement& macro, Arguments arguments, int line)
{
    const auto wrong = [&](const std::string& what) {
        return template_error(ErrorCode::InvalidData, line,
                              "the macro \"" + macro.text + "\" " + what);
    };
    const std::size_t count = macro.names.size();
    if (arguments.positional.size() > count)
        return wrong("takes at most " + std::to_string(count) + " values");
    const std::size_t without_default = count - macro.values.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& name = macro.names[i];
        const Value* given = arguments.find(i, name);
        if (given != nullptr) {
            set(name, *given);
        } else if (i >= without_default) {
            LYCEUM_ASSIGN(Value value, evaluate(*macro.values[i - without_default]));
            set(name, std::move(value));
        } else {
            set(name, Value(Undefined{name}));
        }
    }
    for (const Member& keyword : arguments.keywords) {
        const auto parameter = std::ranges::find(macro.names, keyword.key);
        if (keyword.key == "caller" && parameter == macro.names.end())
            set("caller", keyword.value);
        else if (parameter == macro.names.end())
            return wrong("has no parameter \"" + keyword.key + "\"");
        else if (parameter - macro.names.begin() < std::ssize(arguments.positional))
            return wrong("is given \"" + keyword.key + "\" twice");
    }
    return {};
}

/// loop.cycle(a, b, ...): one after the other.
Result<Value> Interpreter::loop_cycle(const Value& loop, const Expression& node)
{
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    const Value* index = loop.map() == nullptr ? nullptr : find_member(*loop.map(), "index0");
    if (index == nullptr || arguments.positional.empty())
        return template_error(ErrorCode::InvalidData, node.line,
                              "\"loop.cycle\" needs a loop and values");
    const auto position = static_cast<std::size_t>(index->integer().value_or(0));
    return arguments.positional[position % arguments.positional.size()];
}

Result<Value> Interpreter::evaluate_filter(const Expression& node)
{
    LYCEUM_ASSIGN(const Value value, evaluate(*node.children.front()));
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    for (const Value& argument : arguments.positional)
        LYCEUM_TRY(check_not_namespace(argument, node.line));
    LYCEUM_TRY(check_not_namespace(value, node.line));
    const bool looks_in = node.name != "length" && node.name != "count" && node.name != "default";
    if (looks_in)
        LYCEUM_TRY(count_work(value, node.line));
    return charge(apply_filter(node.name, value, arguments), node.line);
}

Result<Value> Interpreter::evaluate_test(const Expression& node)
{
    LYCEUM_ASSIGN(const Value value, evaluate(*node.children.front()));
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    if (!arguments.positional.empty()) {
        LYCEUM_TRY(count_work(value, node.line));
        LYCEUM_TRY(count_work(arguments.positional.front(), node.line));
    }
    const auto result = apply_test(node.name, value, arguments);
    return result ? Result<Value>(Value(result.value())) : at_line(result.error(), node.line);
}

Result<Arguments> Interpreter::evaluate_arguments(const Expression& node)
{
    Arguments arguments;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
        LYCEUM_ASSIGN(Value value, evaluate(*node.children[i]));
        arguments.positional.push_back(std::move(value));
    }
    for (const Keyword& keyword : node.keywords) {
        LYCEUM_ASSIGN(Value value, evaluate(*keyword.value));
        arguments.keywords.push_back({keyword.name, std::move(value)});
    }
    return arguments;
}

} // namespace lyceum::text::jinja
