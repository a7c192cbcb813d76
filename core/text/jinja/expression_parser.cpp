#include "core/text/jinja/expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lyceum::text::jinja {
namespace {

constexpr int kMaxDepth = 64;
constexpr int kMaxOperators =
    1024; ///< In one tag; bounds the depth of the tree that a chain makes.

} // namespace

const Token& ExpressionParser::peek(std::size_t ahead) const
{
    return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

Token ExpressionParser::take()
{
    const Token& token = peek();
    if (token.kind == TokenKind::OutputBegin || token.kind == TokenKind::BlockBegin)
        operators_ = 0;
    position_ = std::min(position_ + 1, tokens_.size() - 1);
    return token;
}

bool ExpressionParser::at_name(std::string_view name) const
{
    return peek().kind == TokenKind::Name && peek().text == name;
}

bool ExpressionParser::at_operator(std::string_view text) const
{
    return peek().kind == TokenKind::Operator && peek().text == text;
}

bool ExpressionParser::skip_name(std::string_view name)
{
    const bool found = at_name(name);
    if (found)
        take();
    return found;
}

bool ExpressionParser::skip_operator(std::string_view text)
{
    const bool found = at_operator(text);
    if (found)
        take();
    return found;
}

Result<std::string> ExpressionParser::expect_name()
{
    if (peek().kind != TokenKind::Name)
        return unexpected();
    return take().text;
}

Result<void> ExpressionParser::expect_operator(std::string_view text)
{
    if (!skip_operator(text))
        return unexpected();
    return {};
}

Error ExpressionParser::unexpected() const
{
    const Token& token = peek();
    switch (token.kind) {
    case TokenKind::End:
        return invalid("it ends where more was expected");
    case TokenKind::OutputEnd:
    case TokenKind::BlockEnd:
        return invalid("the tag ends where more was expected");
    default:
        return invalid("unexpected \"" + token.text + "\"");
    }
}

Error ExpressionParser::invalid(const std::string& what) const
{
    return template_error(ErrorCode::InvalidData, peek().line, what);
}

Result<void> ExpressionParser::count_operator()
{
    if (++operators_ > kMaxOperators)
        return invalid("an expression is too long");
    return {};
}

ExpressionPtr ExpressionParser::make(ExpressionKind kind, std::string name) const
{
    auto node = std::make_unique<Expression>();
    node->kind = kind;
    node->line = peek().line;
    node->name = std::move(name);
    return node;
}

ExpressionPtr ExpressionParser::binary(std::string name, ExpressionPtr left,
                                       ExpressionPtr right) const
{
    auto node = make(ExpressionKind::Binary, std::move(name));
    node->children.push_back(std::move(left));
    node->children.push_back(std::move(right));
    return node;
}

Result<ExpressionPtr> ExpressionParser::expression()
{
    if (++depth_ > kMaxDepth)
        return invalid("expressions are nested too deeply");
    LYCEUM_ASSIGN(ExpressionPtr value, or_expression());
    while (skip_name("if")) {
        LYCEUM_TRY(count_operator());
        auto node = make(ExpressionKind::Condition);
        LYCEUM_ASSIGN(ExpressionPtr condition, or_expression());
        ExpressionPtr otherwise;
        if (skip_name("else")) {
            LYCEUM_ASSIGN(otherwise, expression());
        }
        node->children.push_back(std::move(value));
        node->children.push_back(std::move(condition));
        node->children.push_back(std::move(otherwise));
        value = std::move(node);
    }
    --depth_;
    return value;
}

Result<ExpressionPtr> ExpressionParser::or_expression()
{
    LYCEUM_ASSIGN(ExpressionPtr left, and_expression());
    while (skip_name("or")) {
        LYCEUM_ASSIGN(ExpressionPtr right, and_expression());
        left = binary("or", std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::and_expression()
{
    LYCEUM_ASSIGN(ExpressionPtr left, not_expression());
    while (skip_name("and")) {
        LYCEUM_ASSIGN(ExpressionPtr right, not_expression());
        left = binary("and", std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::not_expression()
{
    if (!at_name("not"))
        return comparison();
    if (++depth_ > kMaxDepth)
        return invalid("expressions are nested too deeply");
    take();
    auto node = make(ExpressionKind::Unary, "not");
    LYCEUM_ASSIGN(ExpressionPtr operand, not_expression());
    node->children.push_back(std::move(operand));
    --depth_;
    return node;
}

/// A comparison's operator, taken; empty if there is none.
std::string ExpressionParser::take_comparison()
{
    constexpr std::array<std::string_view, 6> kComparisons = {"==", "!=", "<", "<=", ">", ">="};
    if (peek().kind == TokenKind::Operator &&
        std::ranges::find(kComparisons, peek().text) != kComparisons.end())
        return take().text;
    if (skip_name("in"))
        return "in";
    if (at_name("not") && peek(1).kind == TokenKind::Name && peek(1).text == "in") {
        take();
        take();
        return "not in";
    }
    return {};
}

Result<ExpressionPtr> ExpressionParser::comparison()
{
    LYCEUM_ASSIGN(ExpressionPtr left, sum());
    std::string name = take_comparison();
    if (name.empty())
        return left;
    LYCEUM_ASSIGN(ExpressionPtr right, sum());
    auto node = binary(name, std::move(left), std::move(right));
    node->names.push_back(std::move(name));
    while (!(name = take_comparison()).empty()) {
        LYCEUM_TRY(count_operator());
        LYCEUM_ASSIGN(ExpressionPtr next, sum());
        node->kind = ExpressionKind::Comparison;
        node->names.push_back(std::move(name));
        node->children.push_back(std::move(next));
    }
    return node;
}

Result<ExpressionPtr> ExpressionParser::sum()
{
    LYCEUM_ASSIGN(ExpressionPtr left, concatenation());
    while (at_operator("+") || at_operator("-")) {
        std::string name = take().text;
        LYCEUM_ASSIGN(ExpressionPtr right, concatenation());
        left = binary(std::move(name), std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::concatenation()
{
    LYCEUM_ASSIGN(ExpressionPtr left, product());
    while (skip_operator("~")) {
        LYCEUM_ASSIGN(ExpressionPtr right, product());
        left = binary("~", std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::product()
{
    LYCEUM_ASSIGN(ExpressionPtr left, power());
    while (at_operator("*") || at_operator("/") || at_operator("//") || at_operator("%")) {
        std::string name = take().text;
        LYCEUM_ASSIGN(ExpressionPtr right, power());
        left = binary(std::move(name), std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::power()
{
    LYCEUM_ASSIGN(ExpressionPtr left, sign(true));
    while (skip_operator("**")) {
        LYCEUM_ASSIGN(ExpressionPtr right, sign(true));
        left = binary("**", std::move(left), std::move(right));
        LYCEUM_TRY(count_operator());
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::sign(bool with_filters)
{
    ExpressionPtr operand;
    if (at_operator("-") || at_operator("+")) {
        if (++depth_ > kMaxDepth)
            return invalid("expressions are nested too deeply");
        auto node = make(ExpressionKind::Unary, take().text);
        LYCEUM_ASSIGN(ExpressionPtr inner, sign(false));
        node->children.push_back(std::move(inner));
        operand = std::move(node);
        --depth_;
    } else {
        LYCEUM_ASSIGN(operand, primary());
    }
    LYCEUM_ASSIGN(operand, postfix(std::move(operand)));
    if (!with_filters)
        return operand;
    return filters_and_tests(std::move(operand));
}

Result<ExpressionPtr> ExpressionParser::primary()
{
    const Token& token = peek();
    if (token.kind == TokenKind::Name)
        return name_or_constant();
    auto node = make(ExpressionKind::Literal);
    if (token.kind == TokenKind::String) {
        std::string content;
        while (peek().kind == TokenKind::String) // Strings side by side are one.
            content += take().text;
        node->value = std::move(content);
        return node;
    }
    if (token.kind == TokenKind::Integer) {
        const std::string digits = take().text;
        const bool prefixed = digits.size() > 2 && digits[0] == '0' && digits[1] > '9';
        const int base = !prefixed ? 10 : digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
        std::int64_t whole = 0;
        const char* begin = digits.data() + (prefixed ? 2 : 0);
        if (std::from_chars(begin, digits.data() + digits.size(), whole, base).ec != std::errc())
            return invalid("the number " + digits + " is too large");
        node->value = whole;
        return node;
    }
    if (token.kind == TokenKind::Float) {
        const std::string digits = take().text;
        double real = 0.0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), real);
        if (read.ec != std::errc())
            return invalid("the number " + digits + " is out of range");
        node->value = real;
        return node;
    }
    if (skip_operator("("))
        return list(")");
    if (skip_operator("["))
        return list("]");
    if (skip_operator("{"))
        return map();
    return unexpected();
}

Result<ExpressionPtr> ExpressionParser::name_or_constant()
{
    auto node = make(ExpressionKind::Name, take().text);
    const std::string& name = node->name;
    const bool is_true = name == "true" || name == "True";
    if (is_true || name == "false" || name == "False") {
        node->kind = ExpressionKind::Literal;
        node->value = is_true;
    } else if (name == "none" || name == "None") {
        node->kind = ExpressionKind::Literal;
        node->value = None{};
    }
    return node;
}

Result<ExpressionPtr> ExpressionParser::tuple_of(Rule part)
{
    LYCEUM_ASSIGN(ExpressionPtr first, (this->*part)());
    if (!at_operator(","))
        return first;
    auto node = make(ExpressionKind::TupleLiteral);
    node->children.push_back(std::move(first));
    while (skip_operator(",")) {
        const TokenKind next = peek().kind;
        if (next == TokenKind::BlockEnd || next == TokenKind::OutputEnd)
            break;
        LYCEUM_ASSIGN(ExpressionPtr value, (this->*part)());
        node->children.push_back(std::move(value));
    }
    return node;
}

Result<ExpressionPtr> ExpressionParser::tuple()
{
    return tuple_of(&ExpressionParser::expression);
}

Result<ExpressionPtr> ExpressionParser::loop_list()
{
    return tuple_of(&ExpressionParser::or_expression);
}

/// After the opening bracket. One item in parentheses is that item; several are a tuple.
Result<ExpressionPtr> ExpressionParser::list(std::string_view closing)
{
    auto node = make(closing == ")" ? ExpressionKind::TupleLiteral : ExpressionKind::ListLiteral);
    bool comma = false;
    while (!skip_operator(closing)) {
        if (!node->children.empty() && !comma)
            return unexpected();
        LYCEUM_ASSIGN(ExpressionPtr item, expression());
        node->children.push_back(std::move(item));
        comma = skip_operator(",");
    }
    if (closing == ")" && node->children.size() == 1 && !comma)
        return std::move(node->children.front());
    return node;
}

/// After the opening brace.
Result<ExpressionPtr> ExpressionParser::map()
{
    auto node = make(ExpressionKind::MapLiteral);
    bool comma = true;
    while (!skip_operator("}")) {
        if (!comma)
            return unexpected();
        LYCEUM_ASSIGN(ExpressionPtr key, expression());
        LYCEUM_TRY(expect_operator(":"));
        LYCEUM_ASSIGN(ExpressionPtr value, expression());
        node->children.push_back(std::move(key));
        node->children.push_back(std::move(value));
        comma = skip_operator(",");
    }
    return node;
}

} // namespace lyceum::text::jinja
