#include "core/base/check.h"
#include "core/infer/evaluation_mode.h"
#include "core/infer/generator.h"
#include "core/nn/causal_lm.h"
#include "core/runtime/guard.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace lyceum::infer {
namespace {

/// Rows of logits that exist at a time.
constexpr std::int64_t kChunk = 128;

/// Sum of -log softmax(logits)[target] over the rows.
double cross_entropy(const at::Tensor& logits, const at::Tensor& targets)
{
    const at::Tensor normaliser = at::logsumexp(logits, -1);
    const at::Tensor chosen = logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1);
    return (normaliser - chosen).sum(at::kDouble).item<double>();
}

/// Adds the loss of one window: token i is predicted at i - 1, for those that are targets.
void score_window(nn::CausalLm& model, const std::vector<std::int64_t>& ids,
                  const std::vector<std::int64_t>& target_positions, Score& score)
{
    if (target_positions.empty())
        return;
    const auto length = static_cast<std::int64_t>(ids.size());
    const at::Tensor tokens = at::tensor(ids, at::kLong);
    const at::Tensor hidden =
        model
            .hidden_states(tokens.unsqueeze(0), at::arange(length).unsqueeze(0),
                           {{.row = 0, .start = 0, .length = length}})
            .squeeze(0); // [T, D]
    const at::Tensor positions = at::tensor(target_positions, at::kLong);
    const at::Tensor targets = tokens.index_select(0, positions);
    for (std::int64_t first = 0; first < positions.size(0); first += kChunk) {
        const std::int64_t count = std::min(kChunk, positions.size(0) - first);
        const at::Tensor rows = hidden.index_select(0, positions.narrow(0, first, count) - 1);
        score.nll += cross_entropy(model.logits(rows), targets.narrow(0, first, count));
    }
    score.num_tokens += positions.size(0);
}

} // namespace

Result<Score> score(nn::CausalLm& model, const std::vector<text::TokenId>& ids,
                    const std::vector<std::uint8_t>& learn)
{
    LYCEUM_CHECK(learn.empty() || learn.size() == ids.size(), "learn says something of each token");
    const std::int64_t vocabulary = model.architecture().vocab_size;
    for (const text::TokenId id : ids) {
        if (id < 0 || id >= vocabulary)
            return Error{ErrorCode::InvalidData,
                         "Token id " + std::to_string(id) + " is outside the vocabulary of " +
                             std::to_string(vocabulary),
                         ""};
    }
    return runtime::guard("scoring a text", [&] {
        const EvaluationMode evaluation(model);
        const auto window = static_cast<std::size_t>(model.architecture().context_length());
        Score total;
        for (std::size_t start = 0; start + 1 < ids.size(); start += window - 1) {
            const std::size_t end = std::min(start + window, ids.size());
            std::vector<std::int64_t> part;
            std::vector<std::int64_t> targets;
            for (std::size_t i = start; i < end; ++i) {
                part.push_back(ids[i]);
                if (i > start && (learn.empty() || learn[i] != 0))
                    targets.push_back(static_cast<std::int64_t>(i - start));
            }
            score_window(model, part, targets, total);
        }
        return total;
    });
}

} // namespace lyceum::infer
