#pragma once

/// @file
/// A text as a model reads it: token by token, for people to look at.

#include "core/text/tokenizer.h"

#include <QString>

#include <vector>

namespace lyceum::ui {

struct TokenPiece {
    text::TokenId id = 0;
    QString text;           ///< What it stands for; bytes that are no whole character as "\xE2".
    bool isSpecial = false; ///< "<|im_start|>" and the like.
};

/// The tokens of `text`, special ones written in it recognised, with what the model adds by itself.
[[nodiscard]] std::vector<TokenPiece> tokenPieces(const text::Tokenizer& tokenizer,
                                                  const QString& text);

} // namespace lyceum::ui
