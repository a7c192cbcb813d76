#include "core/text/jinja/interpreter.h"

#include "core/text/jinja/lexer.h"
#include "core/text/jinja/operations.h"

namespace lyceum::text::jinja {
namespace {

constexpr std::size_t kMaxSteps = 1'000'000;
constexpr int kMaxValueDepth = 64;
constexpr std::size_t kMaxMadeBytes = std::size_t{1} << 28U;
constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 26U;

Error at_line(int line, const Error& error)
{
    return template_error(error.code, line, error.message);
}

std::size_t size_of(const Value& value)
{
    if (const std::string* text = value.string())
        return text->size();
    if (const List* list = value.list())
        return list->size() * sizeof(Value);
    const Map* map = value.map();
    return map == nullptr ? 0 : map->size() * sizeof(Member);
}

} // namespace

const Value* Arguments::find(std::size_t index, std::string_view name) const
{
    return index < positional.size() ? &positional[index] : find_member(keywords, name);
}

Result<std::string> Interpreter::render(const Body& body)
{
    LYCEUM_TRY(run(body));
    return std::move(output_);
}

Result<void> Interpreter::count_step(int line)
{
    if (++steps_ > kMaxSteps)
        return template_error(ErrorCode::InvalidData, line, "it takes too many steps");
    return {};
}

Result<Value> Interpreter::charge(Value value, int line)
{
    if (value.depth() > kMaxValueDepth)
        return template_error(ErrorCode::InvalidData, line, "it nests values too deeply");
    made_bytes_ += size_of(value);
    if (made_bytes_ > kMaxMadeBytes)
        return template_error(ErrorCode::InvalidData, line, "it makes more than 256 MiB of text");
    return value;
}

Result<void> Interpreter::check_not_namespace(const Value& value, int line)
{
    if (value.mutable_namespace() != nullptr)
        return template_error(ErrorCode::Unsupported, line,
                              "a namespace within another value is not supported");
    return {};
}

void Interpreter::set(const std::string& name, Value value)
{
    for (Member& member : scopes_.back()) {
        if (member.key == name) {
            member.value = std::move(value);
            return;
        }
    }
    scopes_.back().push_back({name, std::move(value)});
}

Result<Interpreter::Flow> Interpreter::run(const Body& body)
{
    for (const Statement& statement : body) {
        LYCEUM_ASSIGN(const Flow flow, run(statement));
        if (flow != Flow::Next)
            return flow;
    }
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run(const Statement& statement)
{
    LYCEUM_TRY(count_step(statement.line));
    switch (statement.kind) {
    case StatementKind::Text:
        output_ += statement.text;
        return Flow::Next;
    case StatementKind::Output:
        return run_output(statement);
    case StatementKind::If:
        return run_if(statement);
    case StatementKind::For:
        return run_for(statement);
    case StatementKind::Set:
    case StatementKind::Capture:
        return run_set(statement);
    case StatementKind::Block:
        return run(statement.body);
    case StatementKind::Break:
        return Flow::Break;
    case StatementKind::Continue:
        return Flow::Continue;
    }
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run_output(const Statement& statement)
{
    LYCEUM_ASSIGN(const Value value, evaluate(*statement.expression));
    const auto text = to_text(value);
    if (!text)
        return template_error(ErrorCode::Unsupported, statement.line,
                              "writing " + std::string(value.kind()) +
                                  " without tojson is not supported");
    output_ += *text;
    if (output_.size() > kMaxOutputBytes)
        return template_error(ErrorCode::InvalidData, statement.line,
                              "it writes more than 64 MiB of text");
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run_if(const Statement& statement)
{
    for (const Branch& branch : statement.branches) {
        LYCEUM_ASSIGN(const Value condition, evaluate(*branch.condition));
        if (condition.truthy())
            return run(branch.body);
    }
    return run(statement.body);
}

/// What a loop goes over, after its `if`.
Result<List> Interpreter::loop_items(const Statement& statement)
{
    LYCEUM_ASSIGN(const Value iterable, evaluate(*statement.expression));
    List items;
    if (const List* list = iterable.list()) {
        items = *list;
    } else if (const Map* map = iterable.map()) {
        for (const Member& member : *map)
            items.emplace_back(member.key);
    } else if (!iterable.is_undefined()) {
        return template_error(ErrorCode::InvalidData, statement.line,
                              "a loop over " + std::string(iterable.kind()));
    }
    if (statement.condition == nullptr)
        return items;
    List selected;
    for (const Value& item : items) {
        LYCEUM_TRY(count_step(statement.line));
        scopes_.emplace_back();
        LYCEUM_TRY(bind_target(statement, item));
        LYCEUM_ASSIGN(const Value condition, evaluate(*statement.condition));
        scopes_.pop_back();
        if (condition.truthy())
            selected.push_back(item);
    }
    return selected;
}

Result<void> Interpreter::bind_target(const Statement& statement, const Value& item)
{
    if (statement.names.size() == 1) {
        set(statement.names.front(), item);
        return {};
    }
    const List* parts = item.list();
    if (parts == nullptr || parts->size() != statement.names.size())
        return template_error(ErrorCode::InvalidData, statement.line,
                              std::string(item.kind()) + " cannot be taken apart into " +
                                  std::to_string(statement.names.size()) + " names");
    for (std::size_t i = 0; i < parts->size(); ++i)
        set(statement.names[i], (*parts)[i]);
    return {};
}

Result<Interpreter::Flow> Interpreter::run_for(const Statement& statement)
{
    LYCEUM_ASSIGN(const List items, loop_items(statement));
    if (items.empty())
        return run(statement.otherwise);
    const auto count = static_cast<std::int64_t>(items.size());
    for (std::int64_t i = 0; i < count; ++i) {
        LYCEUM_TRY(count_step(statement.line));
        const auto index = static_cast<std::size_t>(i);
        scopes_.emplace_back();
        LYCEUM_TRY(bind_target(statement, items[index]));
        set("loop", Map{{"index", i + 1},
                        {"index0", i},
                        {"first", i == 0},
                        {"last", i + 1 == count},
                        {"length", count},
                        {"revindex", count - i},
                        {"revindex0", count - i - 1},
                        {"previtem", i > 0 ? items[index - 1] : Value()},
                        {"nextitem", i + 1 < count ? items[index + 1] : Value()}});
        LYCEUM_ASSIGN(const Flow flow, run(statement.body));
        scopes_.pop_back();
        if (flow == Flow::Break)
            break;
    }
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run_set(const Statement& statement)
{
    if (statement.kind == StatementKind::Capture) {
        std::string outside = std::exchange(output_, {});
        LYCEUM_ASSIGN(const Flow flow, run(statement.body));
        std::string captured = std::exchange(output_, std::move(outside));
        LYCEUM_ASSIGN(Value text, charge(std::move(captured), statement.line));
        set(statement.names.front(), std::move(text));
        return flow;
    }
    LYCEUM_ASSIGN(Value value, evaluate(*statement.expression));
    if (statement.names.size() == 1) {
        set(statement.names.front(), std::move(value));
        return Flow::Next;
    }
    Value target;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend() && target.is_undefined(); ++scope)
        if (const Value* found = find_member(*scope, statement.names.front()))
            target = *found;
    Map* members = target.mutable_namespace();
    if (members == nullptr)
        return template_error(ErrorCode::InvalidData, statement.line,
                              "\"" + statement.names.front() + "\" is not a namespace");
    LYCEUM_TRY(check_not_namespace(value, statement.line));
    for (Member& member : *members) {
        if (member.key == statement.names.back()) {
            member.value = std::move(value);
            return Flow::Next;
        }
    }
    members->push_back({statement.names.back(), std::move(value)});
    return Flow::Next;
}

Result<Value> Interpreter::evaluate_call(const Expression& node)
{
    const Expression& callee = *node.children.front();
    if (callee.kind == ExpressionKind::Attribute) {
        LYCEUM_ASSIGN(const Value object, evaluate(*callee.children.front()));
        LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
        auto result = call_method(object, callee.name, arguments);
        return result ? charge(std::move(result).value(), node.line)
                      : at_line(node.line, result.error());
    }
    if (callee.kind != ExpressionKind::Name)
        return template_error(ErrorCode::Unsupported, node.line,
                              "calling what is not a name is not supported");
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    auto result = call_function(callee.name, arguments);
    return result ? charge(std::move(result).value(), node.line)
                  : at_line(node.line, result.error());
}

Result<Value> Interpreter::evaluate_filter(const Expression& node)
{
    LYCEUM_ASSIGN(const Value value, evaluate(*node.children.front()));
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    auto result = apply_filter(node.name, value, arguments);
    return result ? charge(std::move(result).value(), node.line)
                  : at_line(node.line, result.error());
}

Result<Value> Interpreter::evaluate_test(const Expression& node)
{
    LYCEUM_ASSIGN(const Value value, evaluate(*node.children.front()));
    LYCEUM_ASSIGN(const Arguments arguments, evaluate_arguments(node));
    const auto result = apply_test(node.name, value, arguments);
    return result ? Result<Value>(Value(result.value())) : at_line(node.line, result.error());
}

Result<Arguments> Interpreter::evaluate_arguments(const Expression& node)
{
    Arguments arguments;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
        LYCEUM_ASSIGN(Value value, evaluate(*node.children[i]));
        LYCEUM_TRY(check_not_namespace(value, node.line));
        arguments.positional.push_back(std::move(value));
    }
    for (const Keyword& keyword : node.keywords) {
        LYCEUM_ASSIGN(Value value, evaluate(*keyword.value));
        LYCEUM_TRY(check_not_namespace(value, node.line));
        arguments.keywords.push_back({keyword.name, std::move(value)});
    }
    return arguments;
}

} // namespace lyceum::text::jinja
