#pragma once

/// @file
/// What a model is given to read: plain text or a chat, as token ids.

#include "core/base/result.h"
#include "core/models/model_package.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::infer {

/// As the model's own tokenizer encodes it.
[[nodiscard]] std::vector<text::TokenId> encode_text(const models::ModelPackage& package,
                                                     std::string_view text);

/// The messages by the model's chat template, up to where its answer begins.
/// @return Unsupported when the model has no template; InvalidData when the template refuses the
/// messages.
[[nodiscard]] Result<std::vector<text::TokenId>>
encode_chat(const models::ModelPackage& package, const std::vector<text::Message>& messages);

/// What one text is asked for: plain text to continue, or a chat.
struct Prompt {
    std::string text;
    std::vector<text::Message> messages; ///< Not empty: a chat, and `text` does not count.
};

/// A line of a .jsonl file of prompts: {"prompt": "..."} or {"messages": [{"role", "content"},
/// ...]}, where the last message is what is to be answered; other keys are left alone.
/// @return InvalidData naming field and value.
[[nodiscard]] Result<Prompt> parse_prompt(std::string_view line);

/// encode_chat or encode_text.
[[nodiscard]] Result<std::vector<text::TokenId>> encode_prompt(const models::ModelPackage& package,
                                                               const Prompt& prompt);

} // namespace lyceum::infer
