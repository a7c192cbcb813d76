#pragma once

/// @file
/// From a model's parameters to a file's tensors, one at a time.

#include "core/exporter/export_options.h"
#include "core/formats/tensor_writer.h"
#include "core/models/gguf_architecture.h"

#include <torch/nn/module.h>

#include <string>
#include <vector>

namespace lyceum::exporter {

/// How a parameter is stored.
struct StoredWeight {
    formats::StoredTensor tensor;
    std::string parameter;          ///< Of the model; empty: none, `values` are stored.
    std::vector<float> values = {}; ///< What no parameter holds.
    models::GgufPlace place = {};   ///< Of a GGUF file: the order of its values.
};

/// Under Hugging Face's names, everything in `dtype`; in the order of the model's parameters.
[[nodiscard]] std::vector<StoredWeight> plan_hugging_face(const torch::nn::Module& model,
                                                          Dtype dtype);
/// Under GGUF's names and in its order: vectors, positions and token types in F32; with Q4_0 the
/// embeddings in Q8_0, and rows that are no whole number of blocks in F16, as llama.cpp's converter
/// does it. Without an encoder's pooler and masked-LM head; see models::gguf_place.
/// @return Unsupported naming a parameter that GGUF has no name for.
[[nodiscard]] Result<std::vector<StoredWeight>>
plan_gguf(const torch::nn::Module& model, const models::Architecture& architecture, Dtype dtype);

/// What plan_gguf stores a tensor as. @param name GGUF's.
[[nodiscard]] const formats::GgmlType&
gguf_type(std::string_view name, const std::vector<std::int64_t>& shape, Dtype dtype);

[[nodiscard]] std::vector<formats::StoredTensor> tensors_of(const std::vector<StoredWeight>& plan);

/// Writes every weight of the plan. The parameters become what the file says of them, rounded, for
/// the comparison.
/// @return Unsupported naming a weight that does not fit its type; DiskFull, Io.
[[nodiscard]] Result<void> write_weights(torch::nn::Module& model,
                                         const std::vector<StoredWeight>& plan,
                                         formats::TensorWriter& writer);

} // namespace lyceum::exporter
