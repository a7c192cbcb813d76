#pragma once

/// @file
/// Merging an adapter into the model it was trained on.

#include "core/models/model_package.h"

#include <string>
#include <vector>

namespace lyceum::models {

/// The package with its adapter, if it has one, folded into the tensors, computed on reading.
[[nodiscard]] ModelPackage with_merged_adapter(ModelPackage package);

/// What will make a merge of an adapter trained on `base` lossy or impossible, a sentence or two
/// each, for a person who is about to train one. Empty: nothing known.
/// @param is_quantized while it trains, the base is kept in 4 bits (QLoRA).
[[nodiscard]] std::vector<std::string> merge_warnings(const ModelPackage& base, bool is_quantized);

} // namespace lyceum::models
