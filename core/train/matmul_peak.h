#pragma once

/// @file
/// What the machine and the model take of each other, for the model's share of the peak (MFU).

#include "core/base/result.h"
#include "core/train/monitors.h"

#include <filesystem>

namespace lyceum::nn {
class CausalLm;
}

namespace lyceum::train {

/// Float32 operations a second of the best of many large matrix products, in 0.2 s; measured once
/// for a processor and number of threads and then read from `<workspace>/matmul_peak.json`.
[[nodiscard]] Result<double> matmul_peak(const std::filesystem::path& workspace);

/// Of the parameters that take part in a matrix product: all but position embeddings, and the
/// embedding of the tokens where the head has a matrix of its own.
[[nodiscard]] FlopModel flop_model(const nn::CausalLm& model);

} // namespace lyceum::train
