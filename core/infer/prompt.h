#pragma once

/// @file
/// What a model is given to read: plain text or a chat, as token ids.

#include "core/base/result.h"
#include "core/models/model_package.h"

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

} // namespace lyceum::infer
