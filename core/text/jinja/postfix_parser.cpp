#include "core/text/jinja/expression_parser.h"

#include <algorithm>
#include <array>

namespace lyceum::text::jinja {
/// Attributes, items and calls.
Result<ExpressionPtr> ExpressionParser::postfix(ExpressionPtr operand)
{
    while (true) {
        LYCEUM_TRY(count_operator());
        if (skip_operator(".")) {
            ExpressionPtr node;
            if (peek().kind == TokenKind::Integer) { // a.0 is a[0]
                node = make(ExpressionKind::Item);
                LYCEUM_ASSIGN(ExpressionPtr index, primary());
                node->children.push_back(std::move(operand));
                node->children.push_back(std::move(index));
            } else {
                LYCEUM_ASSIGN(std::string name, expect_name());
                node = make(ExpressionKind::Attribute, std::move(name));
                node->children.push_back(std::move(operand));
            }
            operand = std::move(node);
        } else if (skip_operator("[")) {
            LYCEUM_ASSIGN(operand, item(std::move(operand)));
        } else if (at_operator("(")) {
            auto node = make(ExpressionKind::Call);
            node->children.push_back(std::move(operand));
            LYCEUM_TRY(arguments(*node));
            operand = std::move(node);
        } else {
            return operand;
        }
    }
}

/// After "[": an item or a slice.
Result<ExpressionPtr> ExpressionParser::item(ExpressionPtr operand)
{
    auto node = make(ExpressionKind::Item);
    node->children.push_back(std::move(operand));
    std::array<ExpressionPtr, 3> parts;
    std::size_t colons = 0;
    while (!skip_operator("]")) {
        if (skip_operator(":")) {
            if (++colons > 2)
                return unexpected();
            continue;
        }
        if (parts[colons] != nullptr)
            return unexpected();
        LYCEUM_ASSIGN(parts[colons], expression());
    }
    if (colons == 0 && parts[0] == nullptr)
        return unexpected();
    node->children.push_back(std::move(parts[0]));
    if (colons > 0) {
        node->kind = ExpressionKind::Slice;
        node->children.push_back(std::move(parts[1]));
        node->children.push_back(std::move(parts[2]));
    }
    return node;
}

/// "(" values and name=value ")", appended to `call`.
Result<void> ExpressionParser::arguments(Expression& call)
{
    LYCEUM_TRY(expect_operator("("));
    bool comma = true;
    while (!skip_operator(")")) {
        if (!comma)
            return unexpected();
        const bool keyword = peek().kind == TokenKind::Name &&
                             peek(1).kind == TokenKind::Operator && peek(1).text == "=";
        if (keyword) {
            std::string name = take().text;
            take();
            LYCEUM_ASSIGN(ExpressionPtr value, expression());
            call.keywords.push_back({std::move(name), std::move(value)});
        } else {
            LYCEUM_ASSIGN(ExpressionPtr value, expression());
            call.children.push_back(std::move(value));
        }
        comma = skip_operator(",");
    }
    return {};
}

Result<ExpressionPtr> ExpressionParser::filters_and_tests(ExpressionPtr operand)
{
    while (true) {
        LYCEUM_TRY(count_operator());
        if (skip_operator("|")) {
            LYCEUM_ASSIGN(operand, filter(std::move(operand)));
        } else if (skip_name("is")) {
            LYCEUM_ASSIGN(operand, test(std::move(operand)));
        } else if (at_operator("(")) {
            LYCEUM_ASSIGN(operand, postfix(std::move(operand)));
        } else {
            return operand;
        }
    }
}

Result<ExpressionPtr> ExpressionParser::filter_chain(ExpressionPtr operand)
{
    do {
        LYCEUM_TRY(count_operator());
        LYCEUM_ASSIGN(operand, filter(std::move(operand)));
    } while (skip_operator("|"));
    return operand;
}

Result<ExpressionPtr> ExpressionParser::filter(ExpressionPtr operand)
{
    LYCEUM_ASSIGN(std::string name, expect_name());
    auto node = make(ExpressionKind::Filter, std::move(name));
    node->children.push_back(std::move(operand));
    if (at_operator("("))
        LYCEUM_TRY(arguments(*node));
    return node;
}

/// After "is": [not] name [argument | "(" arguments ")"].
Result<ExpressionPtr> ExpressionParser::test(ExpressionPtr operand)
{
    const bool negated = skip_name("not");
    LYCEUM_ASSIGN(std::string name, expect_name());
    auto node = make(ExpressionKind::Test, std::move(name));
    node->children.push_back(std::move(operand));
    constexpr std::array<std::string_view, 7> kAfterTest = {"else", "or",  "and", "if",
                                                            "is",   "not", "in"};
    const Token& next = peek();
    const bool has_argument = next.kind == TokenKind::String || next.kind == TokenKind::Integer ||
                              next.kind == TokenKind::Float ||
                              (next.kind == TokenKind::Name &&
                               std::ranges::find(kAfterTest, next.text) == kAfterTest.end());
    if (at_operator("(")) {
        LYCEUM_TRY(arguments(*node));
    } else if (has_argument || at_operator("[") || at_operator("{")) {
        LYCEUM_ASSIGN(ExpressionPtr argument, primary());
        LYCEUM_ASSIGN(argument, postfix(std::move(argument)));
        node->children.push_back(std::move(argument));
    }
    if (!negated)
        return node;
    auto inverse = make(ExpressionKind::Unary, "not");
    inverse->children.push_back(std::move(node));
    return inverse;
}

} // namespace lyceum::text::jinja
