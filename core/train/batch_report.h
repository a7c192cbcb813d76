#pragma once

/// @file
/// What a guard says about the batch that went wrong.

#include "core/text/tokenizer.h"
#include "core/train/callback.h"

#include <functional>
#include <span>
#include <string>

namespace lyceum::train {

/// Tokens as text; empty where there is no tokenizer.
using Decode = std::function<std::string(std::span<const text::TokenId>)>;

/// "2 samples, 812 tokens, 12 % of them learnt: record 12 (400 tokens, 10 % learnt, "What is"),
/// ...": at most four samples, of which those with the fewest learnt tokens come first.
[[nodiscard]] std::string describe_batch(const Trainer& trainer, const StepReport& report,
                                         const Decode& decode);

/// "Likely cause: ...": all labels masked, a record that repeats one token, a learning rate above
/// what is usual for the method, still rising in the warm-up; says so when none of them is plain.
[[nodiscard]] std::string likely_cause(const Trainer& trainer, const StepReport& report,
                                       const Decode& decode);

} // namespace lyceum::train
