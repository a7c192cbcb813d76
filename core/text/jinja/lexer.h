#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text::jinja {

enum class TokenKind : std::uint8_t {
    Text, ///< Outside of tags, whitespace control applied.
    OutputBegin,
    OutputEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String, ///< `text` is its content, escapes resolved.
    Integer,
    Float,
    Operator,
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    int line = 1;
};

/// Cuts a template into tokens, with trim_blocks and lstrip_blocks on and the last newline dropped,
/// as transformers' apply_chat_template sets Jinja up (transformers/utils/chat_template_utils.py).
/// @return InvalidData with the line of what is not closed or not known.
[[nodiscard]] Result<std::vector<Token>> tokenize(std::string_view source);

/// "The chat template, line 3: ...".
[[nodiscard]] Error template_error(ErrorCode code, int line, const std::string& what);

} // namespace lyceum::text::jinja
