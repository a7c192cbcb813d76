#pragma once

/// @file
/// One block of memory for all parameters of a model, in huge pages where the system has them:
/// touching 500 MB page by page takes longer than reading the model.

#include "core/models/model_package.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace lyceum::nn {

/// Parameters of a model of this shape; a tied head counts once.
[[nodiscard]] std::int64_t num_parameters(const models::Architecture& architecture);

/// Of these, the numbers in the matrices of the layers.
[[nodiscard]] std::int64_t num_matrix_parameters(const models::Architecture& architecture);

/// Hands out pieces in order; the block lives as long as any tensor made from it.
class ParameterArena {
public:
    /// @param num_elements float32 values in all; alignment of the pieces is added to it.
    explicit ParameterArena(std::int64_t num_elements);

    /// An uninitialised float32 tensor. When the block is used up, one with memory of its own.
    [[nodiscard]] at::Tensor take(const std::vector<std::int64_t>& shape);

private:
    std::shared_ptr<float> block_;
    std::int64_t capacity_ = 0;
    std::int64_t used_ = 0;
};

} // namespace lyceum::nn
