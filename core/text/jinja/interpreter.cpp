#include "core/text/jinja/interpreter.h"

#include "core/text/jinja/lexer.h"
#include "core/text/jinja/operations.h"

namespace lyceum::text::jinja {
namespace {

constexpr std::size_t kMaxSteps = 1'000'000;
constexpr std::size_t kBytesPerStep = 1024;
constexpr int kMaxValueDepth = 64;
constexpr std::size_t kMaxValueWeight = std::size_t{1} << 26U;
constexpr std::size_t kMaxMadeBytes = std::size_t{1} << 28U;
constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 26U;

std::size_t size_of(const Value& value)
{
    if (const std::string* text = value.string())
        return text->size();
    if (const List* list = value.list())
        return list->size() * sizeof(Value);
    const Map* map = value.map();
    return map == nullptr ? 0 : map->size() * sizeof(Member);
}

void set_member(Map& map, const std::string& name, Value value)
{
    for (Member& member : map) {
        if (member.key == name) {
            member.value = std::move(value);
            return;
        }
    }
    map.push_back({name, std::move(value)});
}

} // namespace

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

Result<void> Interpreter::count_work(const Value& value, int line)
{
    steps_ += value.weight() / kBytesPerStep;
    return count_step(line);
}

Result<Value> Interpreter::at_line(Result<Value> value, int line)
{
    if (!value)
        return template_error(value.error().code, line, value.error().message);
    return value;
}

Result<Value> Interpreter::charge(Result<Value> value, int line)
{
    if (!value)
        return at_line(std::move(value), line);
    if (value.value().depth() > kMaxValueDepth)
        return template_error(ErrorCode::InvalidData, line, "it nests values too deeply");
    if (value.value().weight() > kMaxValueWeight)
        return template_error(ErrorCode::InvalidData, line, "it makes a value of over 64 MiB");
    made_bytes_ += size_of(value.value());
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

Value Interpreter::find_variable(std::string_view name) const
{
    for (const Scope* scope = scope_.get(); scope != nullptr; scope = scope->parent.get())
        if (const Value* value = find_member(scope->values, name))
            return *value;
    return Value(Undefined{std::string(name)});
}

void Interpreter::set(const std::string& name, Value value)
{
    set_member(scope_->values, name, std::move(value));
}

void Interpreter::enter_scope()
{
    scope_ = std::make_shared<Scope>(Scope{{}, scope_});
}

void Interpreter::leave_scope()
{
    scope_ = std::shared_ptr<Scope>(scope_->parent);
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

Result<Interpreter::Flow> Interpreter::run_inside(const Body& body)
{
    enter_scope();
    LYCEUM_ASSIGN(const Flow flow, run(body));
    leave_scope();
    return flow;
}

Result<Interpreter::Flow> Interpreter::run(const Statement& statement)
{
    LYCEUM_TRY(count_step(statement.line));
    if (depth_ >= kMaxDepth)
        return template_error(ErrorCode::InvalidData, statement.line, "it nests too deeply");
    ++depth_;
    auto flow = run_statement(statement);
    --depth_;
    return flow;
}

Result<Interpreter::Flow> Interpreter::run_statement(const Statement& statement)
{
    switch (statement.kind) {
    case StatementKind::Text:
        LYCEUM_TRY(write_text(statement.text, statement.line));
        break;
    case StatementKind::Output: {
        LYCEUM_ASSIGN(const Value value, evaluate(*statement.expression));
        LYCEUM_TRY(write(value, statement.line));
        break;
    }
    case StatementKind::If:
        return run_if(statement);
    case StatementKind::For:
        return run_for(statement);
    case StatementKind::Set:
    case StatementKind::SetIn:
        LYCEUM_TRY(run_set(statement));
        break;
    case StatementKind::Capture:
    case StatementKind::Filtered:
        return run_capture(statement);
    case StatementKind::Block:
        return run_block(statement);
    case StatementKind::Macro:
        set(statement.text, Value(std::make_shared<const Callable>(
                                Callable{statement.text, {}, &statement, scope_})));
        break;
    case StatementKind::CallBlock: {
        const Value caller(
            std::make_shared<const Callable>(Callable{statement.text, {}, &statement, scope_}));
        LYCEUM_ASSIGN(const Value value, evaluate_call(*statement.expression, &caller));
        LYCEUM_TRY(write(value, statement.line));
        break;
    }
    case StatementKind::Break:
        return Flow::Break;
    case StatementKind::Continue:
        return Flow::Continue;
    }
    return Flow::Next;
}

Result<void> Interpreter::write(const Value& value, int line)
{
    if (value.string() != nullptr)
        return write_text(*value.string(), line);
    LYCEUM_TRY(count_work(value, line));
    const auto text = to_text(value);
    if (!text)
        return template_error(ErrorCode::Unsupported, line,
                              "writing " + std::string(value.kind()) + " is not supported");
    return write_text(*text, line);
}

Result<void> Interpreter::write_text(std::string_view text, int line)
{
    output_ += text;
    made_bytes_ += text.size();
    if (output_.size() > kMaxOutputBytes || made_bytes_ > kMaxMadeBytes)
        return template_error(ErrorCode::InvalidData, line, "it writes more than 64 MiB of text");
    return {};
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
    LYCEUM_TRY(count_work(iterable, statement.line));
    auto items = items_of(iterable);
    if (!items)
        return template_error(ErrorCode::InvalidData, statement.line,
                              "a loop over " + std::string(iterable.kind()));
    LYCEUM_ASSIGN(const Value list, charge(Value(std::move(*items)), statement.line));
    if (statement.condition == nullptr)
        return *list.list();
    List selected;
    for (const Value& item : *list.list()) {
        LYCEUM_TRY(count_step(statement.line));
        enter_scope();
        LYCEUM_TRY(bind_target(statement, item));
        LYCEUM_ASSIGN(const Value condition, evaluate(*statement.condition));
        leave_scope();
        if (condition.truthy())
            selected.push_back(item);
    }
    return selected;
}

/// Names of a loop or a set; several take the value apart.
Result<void> Interpreter::bind_target(const Statement& statement, const Value& item)
{
    if (statement.names.size() == 1) {
        set(statement.names.front(), item);
        return {};
    }
    const auto parts = items_of(item);
    if (!parts || parts->size() != statement.names.size())
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
        return run_inside(statement.otherwise);
    const auto count = static_cast<std::int64_t>(items.size());
    for (std::int64_t i = 0; i < count; ++i) {
        LYCEUM_TRY(count_step(statement.line));
        const auto index = static_cast<std::size_t>(i);
        enter_scope();
        set("loop", Map{{"index", i + 1},
                        {"index0", i},
                        {"first", i == 0},
                        {"last", i + 1 == count},
                        {"length", count},
                        {"revindex", count - i},
                        {"revindex0", count - i - 1},
                        {"previtem", i > 0 ? items[index - 1] : Value()},
                        {"nextitem", i + 1 < count ? items[index + 1] : Value()}});
        LYCEUM_TRY(bind_target(statement, items[index]));
        LYCEUM_ASSIGN(const Flow flow, run(statement.body));
        leave_scope();
        if (flow == Flow::Break)
            break;
    }
    return Flow::Next;
}

Result<void> Interpreter::run_set(const Statement& statement)
{
    LYCEUM_ASSIGN(Value value, evaluate(*statement.expression));
    if (statement.kind == StatementKind::SetIn)
        return set_in_namespace(statement, std::move(value));
    return bind_target(statement, value);
}

Result<void> Interpreter::set_in_namespace(const Statement& statement, Value value)
{
    Map* members = find_variable(statement.names.front()).mutable_namespace();
    if (members == nullptr)
        return template_error(ErrorCode::InvalidData, statement.line,
                              "\"" + statement.names.front() + "\" is not a namespace");
    LYCEUM_TRY(check_not_namespace(value, statement.line));
    set_member(*members, statement.names.back(), std::move(value));
    return {};
}

/// A block whose text goes through filters, and into a variable if it is a set.
Result<Interpreter::Flow> Interpreter::run_capture(const Statement& statement)
{
    std::string outside = std::exchange(output_, {});
    LYCEUM_ASSIGN(const Flow flow, run_inside(statement.body));
    std::string captured = std::exchange(output_, std::move(outside));
    LYCEUM_ASSIGN(Value text, charge(Value(std::move(captured)), statement.line));
    if (flow != Flow::Next) // Left before its end.
        return flow;
    if (statement.filters != nullptr) {
        enter_scope();
        set("", text);
        LYCEUM_ASSIGN(text, evaluate(*statement.filters));
        leave_scope();
    }
    if (statement.kind == StatementKind::Filtered) {
        LYCEUM_TRY(write(text, statement.line));
    } else if (statement.names.size() > 1) {
        LYCEUM_TRY(set_in_namespace(statement, std::move(text)));
    } else {
        set(statement.names.front(), std::move(text));
    }
    return flow;
}

Result<Interpreter::Flow> Interpreter::run_block(const Statement& statement)
{
    std::vector<Value> values;
    for (const ExpressionPtr& expression : statement.values) {
        LYCEUM_ASSIGN(Value value, evaluate(*expression));
        values.push_back(std::move(value));
    }
    enter_scope();
    for (std::size_t i = 0; i < values.size(); ++i)
        set(statement.names[i], std::move(values[i]));
    LYCEUM_ASSIGN(const Flow flow, run(statement.body));
    leave_scope();
    return flow;
}

} // namespace lyceum::text::jinja
