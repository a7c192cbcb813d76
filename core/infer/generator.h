#pragma once

/// @file
/// Generator: token-by-token text from a causal model with a KV cache, for one prompt or a batch.

#include "core/base/result.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lyceum::nn {
class CausalLm;
}

namespace lyceum::infer {

struct GenerateOptions {
    int max_new_tokens = 256;
    double temperature = 0.0; ///< 0 = greedy.
    double top_p = 1.0;       ///< (0, 1]
    std::uint64_t seed = 0;
};

struct Generation {
    std::string text;
    std::vector<text::TokenId> ids; ///< New tokens, without the stop token.
    std::string finish_reason;      ///< stop | length | cancelled
    /// New tokens a second once the prompt was read; in a batch, of all rows together.
    double tokens_per_second = 0;
};

/// Called with each piece of text that became complete; false stops (finish_reason "cancelled").
using OnText = std::function<bool(std::string_view)>;

/// Borrow the model for the call; eval mode, no gradients.
/// @return InvalidData when a prompt is empty or longer than the context (both lengths named);
/// InvalidConfig when an option is out of range.
[[nodiscard]] Result<Generation> generate(nn::CausalLm& model, const models::ModelPackage& package,
                                          const std::vector<text::TokenId>& prompt,
                                          const GenerateOptions& options,
                                          const OnText& on_text = {});

/// The same for several prompts side by side; a row that ends makes room for the next prompt. Each
/// row's result is its own `generate` (the same seed for every row), but for the last bits of a
/// sum.
/// @param on_progress told how many prompts are done, after each; false cancels those that are not.
[[nodiscard]] Result<std::vector<Generation>>
generate_batch(nn::CausalLm& model, const models::ModelPackage& package,
               const std::vector<std::vector<text::TokenId>>& prompts,
               const GenerateOptions& options,
               const std::function<bool(std::size_t done)>& on_progress = {});

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
