#pragma once

/// @file
/// The tokenizer of a model from scratch: byte by byte, learnt from the training data, or taken
/// from another model.

#include "core/models/new_model.h"

#include <functional>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// What a tokenizer is learnt from.
struct TokenizerTexts {
    std::vector<std::string_view> texts;
    bool has_dialogues = false; ///< The tokenizer gets a chat template and the tokens it writes.
    std::function<bool(double share)> on_progress = {}; ///< false cancels.
};

/// @return as text::train_tokenizer, NotFound for a model or folder that is not there; the message
/// names the field.
[[nodiscard]] Result<TextParts> make_tokenizer(const config::TokenizerConfig& config,
                                               const TokenizerTexts& texts,
                                               const std::filesystem::path& workspace);

} // namespace lyceum::models
