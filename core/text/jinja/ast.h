#pragma once

/// @file
/// A parsed template. Nesting is bounded by the parser, so that walking it needs no check of depth.

#include "core/text/jinja/value.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lyceum::text::jinja {

enum class ExpressionKind : std::uint8_t {
    Literal,     ///< value
    Name,        ///< name
    ListLiteral, ///< children: items
    TupleLiteral,
    MapLiteral, ///< children: key, value, key, value, ...
    Attribute,  ///< children[0] . name
    Item,       ///< children[0] [ children[1] ]
    Slice,      ///< children[0] [ children[1] : children[2] : children[3] ]; missing ones are null
    Call,       ///< children[0] ( children[1..], keywords ); of an Attribute: a method
    Filter,     ///< children[0] | name ( children[1..], keywords )
    Test,       ///< children[0] is name ( children[1..] )
    Unary,      ///< name ("-", "+", "not") children[0]
    Binary,     ///< children[0] name children[1]; "and" and "or" look at the second only if needed
    Comparison, ///< children[0] names[0] children[1] names[1] children[2] ...: all must hold
    Condition,  ///< children[0] if children[1] else children[2]; the last may be null
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Keyword {
    std::string name;
    ExpressionPtr value;
};

struct Expression {
    ExpressionKind kind = ExpressionKind::Literal;
    int line = 1;
    std::string name;
    std::vector<std::string> names;
    Value value;
    std::vector<ExpressionPtr> children;
    std::vector<Keyword> keywords;
};

enum class StatementKind : std::uint8_t {
    Text,      ///< text
    Output,    ///< expression
    If,        ///< branches, then `body` as else
    For,       ///< names in expression, if `condition`: body, else `otherwise`
    Set,       ///< names = expression, taken apart where there are several
    SetIn,     ///< names[0] . names[1] = expression, of a namespace
    Capture,   ///< names[0], or names[0] . names[1], = the text that body makes, through `filters`
    Filtered,  ///< the text that body makes, through `filters`
    Block,     ///< body, with names of its own; names[i] = values[i]
    Macro,     ///< text is its name, names its parameters, the last of which have `values`: body
    CallBlock, ///< expression is a call; its macro's caller() takes names and gives body
    Break,
    Continue,
};

struct Statement;
using Body = std::vector<Statement>;

struct Branch {
    ExpressionPtr condition;
    Body body;
};

struct Statement {
    StatementKind kind = StatementKind::Text;
    int line = 1;
    std::string text;
    std::vector<std::string> names;
    ExpressionPtr expression;
    ExpressionPtr condition;
    ExpressionPtr filters; ///< A chain of filters of the name "", which stands for the text.
    std::vector<ExpressionPtr> values;
    std::vector<Branch> branches;
    Body body;
    Body otherwise;
};

} // namespace lyceum::text::jinja
