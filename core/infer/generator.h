#pragma once

/// @file
/// Generator: token-by-token text from a causal model with a KV cache, for one prompt or a batch.

#include "core/base/result.h"
#include "core/infer/generate_options.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lyceum::nn {
class CausalLm;
}

namespace lyceum::infer {

struct Generation {
    std::string text;
    /// New tokens, without the stop token; up to the one that completed a stop text.
    std::vector<text::TokenId> ids;
    std::string finish_reason; ///< stop | length | cancelled
    /// New tokens of this text a second, once its prompt was read.
    double tokens_per_second = 0;
};

/// Called with each piece of text that is certain: whole characters, and no beginning of a stop
/// text; false stops (finish_reason "cancelled").
using OnText = std::function<bool(std::string_view)>;

/// Borrow the model for the call; eval mode, no gradients.
/// @return InvalidData when a prompt is empty or longer than the context (both lengths named);
/// InvalidConfig when an option is out of range.
[[nodiscard]] Result<Generation> generate(nn::CausalLm& model, const models::ModelPackage& package,
                                          const std::vector<text::TokenId>& prompt,
                                          const GenerateOptions& options,
                                          const OnText& on_text = {});

/// Called with each text that ended and its prompt's place in the list, in the order they end;
/// false cancels those that have not.
using OnGeneration = std::function<bool(std::size_t prompt, const Generation& generation)>;

/// The same for several prompts side by side. Nothing is padded: each text has a slot of the cache,
/// a forward takes the new token of every text that is being written together with the prompts of
/// those that begin, and a text that ends makes room for the next prompt. Each text is the one
/// `generate` gives for its prompt alone (the same seed for each), but for the last bits of a sum.
[[nodiscard]] Result<std::vector<Generation>>
generate_batch(nn::CausalLm& model, const models::ModelPackage& package,
               const std::vector<std::vector<text::TokenId>>& prompts,
               const GenerateOptions& options, const OnGeneration& on_generation = {});

/// Whether a model can read a prompt: not empty, within the context, ids of its vocabulary.
/// InvalidData if not.
[[nodiscard]] Result<void> check_prompt(const std::vector<text::TokenId>& prompt,
                                        const models::Architecture& model);

struct Score {
    std::int64_t num_tokens = 0; ///< Predicted tokens.
    double nll = 0;              ///< nats, summed.
};
/// Loss of a sequence; ids[0] is context. `learn` (may be empty = all) selects the targets. A
/// sequence longer than the context is read in windows of the context's length that share one
/// token, so each token is predicted once.
[[nodiscard]] Result<Score> score(nn::CausalLm& model, const std::vector<text::TokenId>& ids,
                                  const std::vector<std::uint8_t>& learn = {});

} // namespace lyceum::infer
