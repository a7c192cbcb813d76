#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::nn {

/// Keeps every parameter whose name fits one of the patterns from learning. In a pattern `*` stands
/// for any letters (dots too), `?` for one, `[0-4]` for one of a set, as in a shell.
/// @return InvalidConfig for a pattern that fits no parameter, naming the nearest, and when nothing
/// is left to learn; the model is then partly frozen.
[[nodiscard]] Result<void> freeze(torch::nn::Module& model,
                                  const std::vector<std::string>& patterns);

/// Numbers in a model's parameters.
struct ParameterCount {
    std::int64_t all = 0;
    std::int64_t trained = 0;
};
[[nodiscard]] ParameterCount count_parameters(const torch::nn::Module& model);

} // namespace lyceum::nn
