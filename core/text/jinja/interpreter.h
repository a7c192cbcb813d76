#pragma once

/// @file
/// Walks a parsed template. A template comes from outside with its model, so steps, memory and
/// depth are bounded.

#include "core/base/result.h"
#include "core/text/jinja/ast.h"
#include "core/text/jinja/value.h"

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text::jinja {

/// The values of a call: without and with names.
struct Arguments {
    std::vector<Value> positional;
    Map keywords;

    /// The argument at `index` or named `name`; null if it was not given.
    [[nodiscard]] const Value* find(std::size_t index, std::string_view name) const;
};

/// One rendering.
class Interpreter {
public:
    /// @param now for strftime_now, in local time.
    Interpreter(Map variables, std::time_t now)
        : scope_(std::make_shared<Scope>(Scope{std::move(variables), nullptr})), now_(now)
    {
    }

    /// @return the text; InvalidData when the template raises, looks into what is undefined, or
    /// exceeds a bound; Unsupported naming a filter, test, method or function that is not known.
    [[nodiscard]] Result<std::string> render(const Body& body);

private:
    static constexpr int kMaxDepth = 1500; ///< Of statements and expressions within each other.
    enum class Flow : std::uint8_t { Next, Break, Continue };

    [[nodiscard]] Result<Flow> run(const Body& body);
    [[nodiscard]] Result<Flow> run_inside(const Body& body); ///< With names of its own.
    [[nodiscard]] Result<Flow> run(const Statement& statement);
    [[nodiscard]] Result<Flow> run_statement(const Statement& statement);
    [[nodiscard]] Result<Flow> run_if(const Statement& statement);
    [[nodiscard]] Result<Flow> run_for(const Statement& statement);
    [[nodiscard]] Result<List> loop_items(const Statement& statement);
    [[nodiscard]] Result<void> bind_target(const Statement& statement, const Value& item);
    [[nodiscard]] Result<void> run_set(const Statement& statement);
    [[nodiscard]] Result<void> set_in_namespace(const Statement& statement, Value value);
    [[nodiscard]] Result<Flow> run_capture(const Statement& statement);
    [[nodiscard]] Result<Flow> run_block(const Statement& statement);
    [[nodiscard]] Result<void> write(const Value& value, int line);
    [[nodiscard]] Result<void> write_text(std::string_view text, int line);

    [[nodiscard]] Result<Value> evaluate(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_node(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_name(const Expression& node) const;
    [[nodiscard]] Result<Value> evaluate_list(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_map(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_attribute(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_item(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_slice(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_condition(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_unary(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_binary(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_comparison(const Expression& node);

    [[nodiscard]] Result<Value> evaluate_filter(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_test(const Expression& node);
    /// @param caller what a call block gives the macro; null without one.
    [[nodiscard]] Result<Value> evaluate_call(const Expression& node, const Value* caller);
    [[nodiscard]] Result<Value> call(const Value& callee, const Expression& node,
                                     const Value* caller);
    [[nodiscard]] Result<Value> call_macro(const Callable& macro, Arguments arguments, int line);
    [[nodiscard]] Result<void> bind_parameters(const Statement& macro, Arguments arguments,
                                               int line);
    [[nodiscard]] Result<Value> loop_cycle(const Value& loop, const Expression& node);
    [[nodiscard]] Result<Arguments> evaluate_arguments(const Expression& node);

    [[nodiscard]] Result<void> count_step(int line);
    /// Counts going through a whole value as the steps that it is worth.
    [[nodiscard]] Result<void> count_work(const Value& value, int line);
    /// `value`, when its size is within what one rendering may make.
    [[nodiscard]] Result<Value> charge(Result<Value> value, int line);
    /// `value`, or its error with the line.
    [[nodiscard]] static Result<Value> at_line(Result<Value> value, int line);
    [[nodiscard]] static Result<void> check_not_namespace(const Value& value, int line);
    [[nodiscard]] Value find_variable(std::string_view name) const;
    void set(const std::string& name, Value value);
    void enter_scope();
    void leave_scope();

    std::shared_ptr<Scope> scope_; ///< The innermost.
    std::time_t now_;
    std::string output_;
    std::size_t steps_ = 0;
    std::size_t made_bytes_ = 0;
    int depth_ = 0;
};

} // namespace lyceum::text::jinja
