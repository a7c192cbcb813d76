#pragma once

/// @file
/// Walks a parsed template. A template comes from outside with its model, so steps and memory are
/// bounded.

#include "core/base/result.h"
#include "core/text/jinja/ast.h"
#include "core/text/jinja/value.h"

#include <cstdint>
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
    explicit Interpreter(Map variables) { scopes_.push_back(std::move(variables)); }

    /// @return the text; InvalidData when the template raises, looks into what is undefined, or
    /// exceeds a bound; Unsupported naming a filter, test, method or function that is not known.
    [[nodiscard]] Result<std::string> render(const Body& body);

private:
    enum class Flow : std::uint8_t { Next, Break, Continue };

    [[nodiscard]] Result<Flow> run(const Body& body);
    [[nodiscard]] Result<Flow> run(const Statement& statement);
    [[nodiscard]] Result<Flow> run_if(const Statement& statement);
    [[nodiscard]] Result<Flow> run_for(const Statement& statement);
    [[nodiscard]] Result<List> loop_items(const Statement& statement);
    [[nodiscard]] Result<void> bind_target(const Statement& statement, const Value& item);
    [[nodiscard]] Result<Flow> run_set(const Statement& statement);
    [[nodiscard]] Result<Flow> run_output(const Statement& statement);

    [[nodiscard]] Result<Value> evaluate(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_name(const Expression& node) const;
    [[nodiscard]] Result<Value> evaluate_list(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_map(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_attribute(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_item(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_slice(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_call(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_filter(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_test(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_unary(const Expression& node);
    [[nodiscard]] Result<Value> evaluate_binary(const Expression& node);
    [[nodiscard]] Result<Arguments> evaluate_arguments(const Expression& node);

    [[nodiscard]] Result<void> count_step(int line);
    /// `value`, when its size is within what one rendering may make.
    [[nodiscard]] Result<Value> charge(Value value, int line);
    [[nodiscard]] static Result<void> check_not_namespace(const Value& value, int line);
    void set(const std::string& name, Value value);

    std::vector<Map> scopes_; ///< Innermost last.
    std::string output_;
    std::size_t steps_ = 0;
    std::size_t made_bytes_ = 0;
};

} // namespace lyceum::text::jinja
