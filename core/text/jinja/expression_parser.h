#pragma once

#include "core/base/result.h"
#include "core/text/jinja/ast.h"
#include "core/text/jinja/lexer.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text::jinja {

/// Expressions with Jinja's precedences (jinja2/parser.py), lowest first: if-else, or, and, not,
/// comparison, + -, ~, * / // %, **, sign, then filters, tests, calls and items.
class ExpressionParser {
public:
    explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    /// @return InvalidData at a syntax error or where nesting is too deep.
    [[nodiscard]] Result<ExpressionPtr> expression();
    /// Or several with commas between, which are a tuple.
    [[nodiscard]] Result<ExpressionPtr> tuple();
    /// As tuple(), but one that ends before "if": the list of a for.
    [[nodiscard]] Result<ExpressionPtr> loop_list();
    /// "name(arguments) | ..." after "|": filters of `operand`.
    [[nodiscard]] Result<ExpressionPtr> filter_chain(ExpressionPtr operand);
    [[nodiscard]] ExpressionPtr make(ExpressionKind kind, std::string name = {}) const;

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    Token take();
    [[nodiscard]] bool at_name(std::string_view name) const;
    [[nodiscard]] bool at_operator(std::string_view text) const;
    /// Takes the token if it is next.
    bool skip_name(std::string_view name);
    bool skip_operator(std::string_view text);
    [[nodiscard]] Result<std::string> expect_name();
    [[nodiscard]] Result<void> expect_operator(std::string_view text);
    [[nodiscard]] Error unexpected() const;
    [[nodiscard]] Error invalid(const std::string& what) const;

private:
    using Rule = Result<ExpressionPtr> (ExpressionParser::*)();
    [[nodiscard]] Result<ExpressionPtr> tuple_of(Rule part);
    [[nodiscard]] std::string take_comparison();
    [[nodiscard]] Result<ExpressionPtr> or_expression();
    [[nodiscard]] Result<ExpressionPtr> and_expression();
    [[nodiscard]] Result<ExpressionPtr> not_expression();
    [[nodiscard]] Result<ExpressionPtr> comparison();
    [[nodiscard]] Result<ExpressionPtr> sum();
    [[nodiscard]] Result<ExpressionPtr> concatenation();
    [[nodiscard]] Result<ExpressionPtr> product();
    [[nodiscard]] Result<ExpressionPtr> power();
    [[nodiscard]] Result<ExpressionPtr> sign(bool with_filters);
    [[nodiscard]] Result<ExpressionPtr> primary();
    [[nodiscard]] Result<ExpressionPtr> name_or_constant();
    [[nodiscard]] Result<ExpressionPtr> list(std::string_view closing);
    [[nodiscard]] Result<ExpressionPtr> map();
    [[nodiscard]] Result<ExpressionPtr> postfix(ExpressionPtr operand);
    [[nodiscard]] Result<ExpressionPtr> item(ExpressionPtr operand);
    [[nodiscard]] Result<ExpressionPtr> filters_and_tests(ExpressionPtr operand);
    [[nodiscard]] Result<ExpressionPtr> filter(ExpressionPtr operand);
    [[nodiscard]] Result<ExpressionPtr> test(ExpressionPtr operand);
    [[nodiscard]] Result<void> count_operator();
    [[nodiscard]] Result<void> arguments(Expression& call);
    [[nodiscard]] ExpressionPtr binary(std::string name, ExpressionPtr left,
                                       ExpressionPtr right) const;

    std::vector<Token> tokens_;
    std::size_t position_ = 0;
    int depth_ = 0;
    int operators_ = 0; ///< In this tag.
};

} // namespace lyceum::text::jinja
