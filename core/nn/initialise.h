#pragma once

#include "core/models/architecture.h"

#include <cstdint>

namespace torch::nn {
class Module;
}

namespace lyceum::nn {

/// New random weights, from the same distributions as Transformers': matrices and embeddings normal
/// with initializer_range, GPT-2's projections back into the residual stream narrower by
/// sqrt(2 * layers), biases 0, norms 1. Source: PreTrainedModel._init_weights and
/// GPT2PreTrainedModel._init_weights.
void initialise(torch::nn::Module& model, const models::Architecture& architecture,
                std::uint64_t seed);

} // namespace lyceum::nn
