#pragma once

#include "core/trackers/tracker.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::train {

/// "model.layers.3.self_attn.q_proj.weight" -> "model.layers.3": a name up to its first number,
/// else its first part.
[[nodiscard]] std::string layer_group(std::string_view parameter);

/// One histogram of the gradients as they are now for each layer group, named "gradients/GROUP": 30
/// buckets of equal width from the smallest to the largest. Groups with a gradient that is not
/// finite are left out. @return what LibTorch says.
[[nodiscard]] Result<std::vector<trackers::Histogram>>
gradient_histograms(const torch::nn::Module& module, std::int64_t step);

} // namespace lyceum::train
