#pragma once

/// @file
/// From a model's parameters to a file's tensors, one at a time.

#include "core/exporter/export_options.h"
#include "core/formats/tensor_writer.h"
#include "core/nn/causal_lm.h"

#include <vector>

namespace lyceum::exporter {

/// How a parameter is stored.
struct StoredWeight {
    formats::StoredTensor tensor;
    /// The rows of so many heads are interleaved as llama.cpp wants them; 0: as they are. See
    /// models/gguf_llama.h.
    std::int64_t interleaved_heads = 0;
};

/// Under Hugging Face's names, everything in `dtype`; in the order of the model's parameters.
[[nodiscard]] std::vector<StoredWeight> plan_hugging_face(const nn::CausalLm& model, Dtype dtype);
/// Under GGUF's names: vectors in F32; with Q4_0 the embeddings in Q8_0, and rows that are no whole
/// number of blocks in F16, as llama.cpp's converter does it.
/// @return Unsupported naming a parameter that GGUF has no name for.
[[nodiscard]] Result<std::vector<StoredWeight>> plan_gguf(const nn::CausalLm& model, Dtype dtype);

/// What plan_gguf stores a tensor as. @param name GGUF's.
[[nodiscard]] const formats::GgmlType&
gguf_type(std::string_view name, const std::vector<std::int64_t>& shape, Dtype dtype);

[[nodiscard]] std::vector<formats::StoredTensor> tensors_of(const std::vector<StoredWeight>& plan);

/// Writes every parameter. The parameters become what the file says of them, rounded, for the
/// comparison.
/// @return Unsupported naming a weight that does not fit its type; DiskFull, Io.
[[nodiscard]] Result<void> write_weights(nn::CausalLm& model, const std::vector<StoredWeight>& plan,
                                         formats::TensorWriter& writer);

} // namespace lyceum::exporter
