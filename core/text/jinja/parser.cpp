#include "core/text/jinja/parser.h"

#include "core/text/jinja/expression_parser.h"

#include <algorithm>
#include <initializer_list>

namespace lyceum::text::jinja {
namespace {

constexpr std::size_t kMaxSource = std::size_t{1} << 18U;
constexpr int kMaxDepth = 64;

Statement make(StatementKind kind, int line)
{
    Statement statement;
    statement.kind = kind;
    statement.line = line;
    return statement;
}

/// Statements, down to the tag that ends them.
class StatementParser {
public:
    explicit StatementParser(std::vector<Token> tokens) : in_(std::move(tokens)) {}

    Result<Body> run()
    {
        LYCEUM_ASSIGN(Body body, body_until({}));
        return body;
    }

private:
    using Names = std::initializer_list<std::string_view>;

    /// Statements up to a tag with one of these names, which is left to the caller, or the end.
    Result<Body> body_until(Names ends)
    {
        if (++depth_ > kMaxDepth)
            return in_.invalid("blocks are nested too deeply");
        Body body;
        while (true) {
            const Token& token = in_.peek();
            if (token.kind == TokenKind::End) {
                if (ends.size() > 0)
                    return in_.invalid("\"" + std::string(*(ends.end() - 1)) + "\" is missing");
                break;
            }
            Statement statement = make(StatementKind::Text, token.line);
            if (token.kind == TokenKind::Text) {
                statement.text = in_.take().text;
            } else if (token.kind == TokenKind::OutputBegin) {
                in_.take();
                statement.kind = StatementKind::Output;
                LYCEUM_ASSIGN(statement.expression, in_.tuple());
                LYCEUM_TRY(end(TokenKind::OutputEnd));
            } else {
                const Token& name = in_.peek(1);
                if (std::ranges::find(ends, name.text) != ends.end())
                    break;
                in_.take();
                LYCEUM_ASSIGN(statement, block());
            }
            body.push_back(std::move(statement));
        }
        --depth_;
        return body;
    }

    Result<void> end(TokenKind kind)
    {
        if (in_.peek().kind != kind)
            return in_.unexpected();
        in_.take();
        return {};
    }

    /// "{% NAME %}", of which "{%" is next.
    Result<void> end_tag(std::string_view name)
    {
        in_.take();
        if (!in_.skip_name(name))
            return in_.unexpected();
        return end(TokenKind::BlockEnd);
    }

    /// After "{%".
    Result<Statement> block()
    {
        const int line = in_.peek().line;
        LYCEUM_ASSIGN(const std::string name, in_.expect_name());
        if (name == "if")
            return if_block(line);
        if (name == "for")
            return for_block(line);
        if (name == "set")
            return set_block(line);
        if (name == "macro")
            return macro_block(line);
        if (name == "call")
            return call_block(line);
        if (name == "with")
            return with_block(line);
        if (name == "filter")
            return filter_block(line);
        if (name == "generation") // Marks what the model says; text like any other.
            return ended(make(StatementKind::Block, line), "endgeneration");
        if (name == "break" || name == "continue") {
            if (loops_ == 0)
                return in_.invalid("\"" + name + "\" outside of a loop");
            LYCEUM_TRY(end(TokenKind::BlockEnd));
            return make(name == "break" ? StatementKind::Break : StatementKind::Continue, line);
        }
        if (name.starts_with("end") || name == "else" || name == "elif")
            return template_error(ErrorCode::InvalidData, line, "\"" + name + "\" ends nothing");
        return template_error(ErrorCode::Unsupported, line,
                              "the tag \"" + name + "\" is not supported");
    }

    /// The rest of a block without parts: its tag's end, its body and "{% NAME %}". No break or
    /// continue leaves a macro.
    Result<Statement> ended(Statement statement, std::string_view name)
    {
        LYCEUM_TRY(end(TokenKind::BlockEnd));
        const bool is_macro =
            statement.kind == StatementKind::Macro || statement.kind == StatementKind::CallBlock;
        const int loops = std::exchange(loops_, is_macro ? 0 : loops_);
        LYCEUM_ASSIGN(statement.body, body_until({name}));
        loops_ = loops;
        LYCEUM_TRY(end_tag(name));
        return statement;
    }

    Result<Statement> if_block(int line)
    {
        Statement statement = make(StatementKind::If, line);
        while (true) {
            Branch branch;
            LYCEUM_ASSIGN(branch.condition, in_.tuple());
            LYCEUM_TRY(end(TokenKind::BlockEnd));
            LYCEUM_ASSIGN(branch.body, body_until({"elif", "else", "endif"}));
            statement.branches.push_back(std::move(branch));
            in_.take();
            if (in_.skip_name("elif"))
                continue;
            if (in_.skip_name("else")) {
                LYCEUM_TRY(end(TokenKind::BlockEnd));
                LYCEUM_ASSIGN(statement.body, body_until({"endif"}));
                in_.take();
            }
            in_.take();
            LYCEUM_TRY(end(TokenKind::BlockEnd));
            return statement;
        }
    }

    Result<Statement> for_block(int line)
    {
        Statement statement = make(StatementKind::For, line);
        const bool bracket = in_.skip_operator("(");
        do {
            LYCEUM_ASSIGN(std::string name, in_.expect_name());
            statement.names.push_back(std::move(name));
        } while (in_.skip_operator(","));
        if (bracket)
            LYCEUM_TRY(in_.expect_operator(")"));
        if (!in_.skip_name("in"))
            return in_.unexpected();
        LYCEUM_ASSIGN(statement.expression, in_.loop_list());
        if (in_.skip_name("if")) {
            LYCEUM_ASSIGN(statement.condition, in_.expression());
        }
        if (in_.at_name("recursive"))
            return template_error(ErrorCode::Unsupported, line,
                                  "a recursive loop is not supported");
        LYCEUM_TRY(end(TokenKind::BlockEnd));
        ++loops_;
        LYCEUM_ASSIGN(statement.body, body_until({"else", "endfor"}));
        --loops_;
        in_.take();
        if (in_.skip_name("else")) {
            LYCEUM_TRY(end(TokenKind::BlockEnd));
            LYCEUM_ASSIGN(statement.otherwise, body_until({"endfor"}));
            in_.take();
        }
        in_.take();
        LYCEUM_TRY(end(TokenKind::BlockEnd));
        return statement;
    }

    Result<Statement> set_block(int line)
    {
        Statement statement = make(StatementKind::Set, line);
        LYCEUM_ASSIGN(std::string first, in_.expect_name());
        statement.names.push_back(std::move(first));
        const bool attribute = in_.at_operator(".");
        while (in_.skip_operator(attribute ? "." : ",")) {
            if (in_.at_operator("=")) // "a, = x"
                break;
            LYCEUM_ASSIGN(std::string name, in_.expect_name());
            statement.names.push_back(std::move(name));
            if (attribute)
                break;
        }
        if (in_.skip_operator("=")) {
            statement.kind = attribute ? StatementKind::SetIn : StatementKind::Set;
            LYCEUM_ASSIGN(statement.expression, in_.tuple());
            LYCEUM_TRY(end(TokenKind::BlockEnd));
            return statement;
        }
        if (statement.names.size() > 1 && !attribute)
            return in_.unexpected();
        statement.kind = StatementKind::Capture;
        if (in_.skip_operator("|")) {
            LYCEUM_ASSIGN(statement.filters, in_.filter_chain(in_.make(ExpressionKind::Name)));
        }
        return ended(std::move(statement), "endset");
    }

    Result<Statement> filter_block(int line)
    {
        Statement statement = make(StatementKind::Filtered, line);
        LYCEUM_ASSIGN(statement.filters, in_.filter_chain(in_.make(ExpressionKind::Name)));
        return ended(std::move(statement), "endfilter");
    }

    /// "{% with a = 1, b = 2 %}"
    Result<Statement> with_block(int line)
    {
        Statement statement = make(StatementKind::Block, line);
        while (in_.peek().kind != TokenKind::BlockEnd) {
            if (!statement.names.empty())
                LYCEUM_TRY(in_.expect_operator(","));
            LYCEUM_ASSIGN(std::string name, in_.expect_name());
            LYCEUM_TRY(in_.expect_operator("="));
            LYCEUM_ASSIGN(ExpressionPtr value, in_.expression());
            statement.names.push_back(std::move(name));
            statement.values.push_back(std::move(value));
        }
        return ended(std::move(statement), "endwith");
    }

    /// "(a, b=1)", after which names[i] has the default values[i - (names.size() - values.size())].
    Result<void> parameters(Statement& statement)
    {
        LYCEUM_TRY(in_.expect_operator("("));
        while (!in_.skip_operator(")")) {
            if (!statement.names.empty())
                LYCEUM_TRY(in_.expect_operator(","));
            LYCEUM_ASSIGN(std::string name, in_.expect_name());
            statement.names.push_back(std::move(name));
            if (in_.skip_operator("=")) {
                LYCEUM_ASSIGN(ExpressionPtr value, in_.expression());
                statement.values.push_back(std::move(value));
            } else if (!statement.values.empty()) {
                return in_.invalid("a parameter without a default follows one with a default");
            }
        }
        return {};
    }

    /// "{% macro name(a, b=1) %}"
    Result<Statement> macro_block(int line)
    {
        Statement statement = make(StatementKind::Macro, line);
        LYCEUM_ASSIGN(statement.text, in_.expect_name());
        LYCEUM_TRY(parameters(statement));
        return ended(std::move(statement), "endmacro");
    }

    /// "{% call(a) macro(x) %}"
    Result<Statement> call_block(int line)
    {
        Statement statement = make(StatementKind::CallBlock, line);
        statement.text = "caller";
        if (in_.at_operator("("))
            LYCEUM_TRY(parameters(statement));
        LYCEUM_ASSIGN(statement.expression, in_.expression());
        if (statement.expression->kind != ExpressionKind::Call)
            return in_.invalid("\"call\" needs the call of a macro");
        return ended(std::move(statement), "endcall");
    }

    ExpressionParser in_;
    int depth_ = 0;
    int loops_ = 0;
};

} // namespace

Result<Body> parse(std::string_view source)
{
    if (source.size() > kMaxSource)
        return Error{ErrorCode::InvalidData, "The chat template is larger than 256 KiB.", ""};
    LYCEUM_ASSIGN(auto tokens, tokenize(source));
    return StatementParser(std::move(tokens)).run();
}

} // namespace lyceum::text::jinja
