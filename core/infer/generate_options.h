#pragma once

/// @file
/// GenerateOptions: how a text is drawn and where it ends.

#include "core/base/result.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::infer {

/// The logits are changed in this order, as Transformers' logits processors do: repetition penalty,
/// temperature, top-k, top-p, min-p.
struct GenerateOptions {
    int max_new_tokens = 256;
    double temperature = 0.0; ///< 0 = greedy; [0, 100]
    std::int64_t top_k = 0;   ///< Draw from this many of the likeliest; 0: from all.
    double top_p = 1.0;       ///< (0, 1]: from the smallest set of the likeliest that reaches it.
    double min_p = 0.0; ///< [0, 1]: from those at least this share as likely as the likeliest.
    /// (0, 10]: logits of tokens that stand in the prompt or the answer are divided by it, negative
    /// ones multiplied (Keskar et al. 2019, arXiv:1909.05858); above 1 repeats less.
    double repetition_penalty = 1.0;
    std::uint64_t seed = 0;
    /// The text ends before the first of them. One that is a special token of the model ends it as
    /// that token, which no text shows.
    std::vector<std::string> stop = {};
    std::vector<text::TokenId> stop_tokens = {}; ///< Beside the model's own.
};

/// @return InvalidConfig naming option, value and range.
[[nodiscard]] Result<void> check_options(const GenerateOptions& options,
                                         const models::Architecture& model);

/// A token as people name it: its id, or its text ("</s>").
/// @return InvalidConfig when the model has none of that name.
[[nodiscard]] Result<text::TokenId> find_token(const text::Tokenizer& tokenizer,
                                               std::string_view name);

} // namespace lyceum::infer
