#pragma once

/// @file
/// LoRA and its variants on a whole model (Hu et al. 2021, arXiv:2106.09685).

#include "core/base/result.h"
#include "core/models/architecture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::nn {

struct LoraOptions {
    int rank = 16;
    double alpha = 32.0;
    double dropout = 0.0;
    std::vector<std::string> targets =
        {};                  ///< Empty: models::lora_targets, all matrices of a layer.
    bool use_rslora = false; ///< alpha / sqrt(rank) in place of alpha / rank.
    bool use_dora = false;
};

/// Adds LoRA to the target linears of a model's layers (A: Kaiming uniform, B: zero; with DoRA the
/// lengths of the weight's rows) and freezes everything else. Nothing the model computes changes.
/// @return InvalidConfig for a rank below 1 or a target this model does not have.
[[nodiscard]] Result<void> add_lora(torch::nn::Module& model,
                                    const models::Architecture& architecture,
                                    const LoraOptions& options, std::uint64_t seed);
/// The same with values that are yet to be read from a file; nor need the weights be read already.
[[nodiscard]] Result<void> add_empty_lora(torch::nn::Module& model,
                                          const models::Architecture& architecture,
                                          const LoraOptions& options);
/// What LoRA is on, in the order of the model: "q_proj", ...
[[nodiscard]] std::vector<std::string> lora_targets_of(const torch::nn::Module& model);
/// Folds LoRA into the base weights, exactly W + s B A (with DoRA, its rows at their magnitudes),
/// and removes it. The weights stay frozen. Not of a model whose base is quantised.
void merge_lora(torch::nn::Module& model);

} // namespace lyceum::nn
