#pragma once

#include "core/config/optimizer_config.h"
#include "core/optim/optimizer.h"

#include <memory>

namespace lyceum::optim {

/// The optimizer that a valid configuration names.
[[nodiscard]] std::unique_ptr<Optimizer> make_optimizer(const config::OptimizerConfig& config,
                                                        std::vector<ParameterGroup> groups);

} // namespace lyceum::optim
