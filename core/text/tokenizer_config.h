#pragma once

#include "core/text/tokenizer.h"

#include <string>

namespace lyceum::text {

/// A tokenizer_config.json for `tokenizer`, as Transformers' AutoTokenizer wants it beside
/// tokenizer.json: which tokens are bos, eos, pad, unknown, and BERT's [CLS], [SEP] and [MASK].
[[nodiscard]] std::string tokenizer_config_json(const Tokenizer& tokenizer);

} // namespace lyceum::text
