#pragma once

#include "core/config/optimizer_config.h"
#include "core/models/architecture.h"
#include "core/optim/optimizer.h"

#include <vector>

namespace lyceum::task {

/// A model's parameters by how they are to be treated: with weight decay or without (norms and
/// biases, unless decay_norms_and_biases), by layer when layer_lr_decay is not 1, and for Muon the
/// matrices of the layers apart from the rest.
/// With L layers, layer i learns at layer_lr_decay^(L - i) of the learning rate, the embeddings at
/// layer_lr_decay^(L + 1), the final norm and the heads at the whole (as timm and BEiT count).
/// @param parameters those that train, under the model's names.
[[nodiscard]] std::vector<optim::ParameterGroup>
parameter_groups(std::vector<optim::NamedTensor> parameters,
                 const models::Architecture& architecture, const config::OptimizerConfig& config);

} // namespace lyceum::task
