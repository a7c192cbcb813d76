#pragma once

/// @file
/// Rotary scaling in GGUF files. Source: llama.cpp, llama-model.cpp (load_hparams),
/// llama-context.cpp and convert_hf_to_gguf.py (TextModel.set_gguf_parameters,
/// LlamaModel.generate_extra_tensors).

#include "core/formats/gguf.h"
#include "core/formats/gguf_writer.h"
#include "core/models/architecture.h"

#include <string_view>
#include <vector>

namespace lyceum::models {

/// Fills rope_theta and rope_scaling from `<prefix>rope.*` and rope_freqs.weight. Divisors of the
/// frequencies become llama3's options where those give the same, else longrope's short_factor.
/// max_position_embeddings and head_dim must be there already.
/// @param prefix "llama." @return InvalidData; Unsupported naming a kind of scaling or an option
/// that this version does not know.
[[nodiscard]] Result<void> read_gguf_rope(const formats::GgufFile& file, std::string_view prefix,
                                          Architecture& architecture);

/// Adds the keys; see write_gguf_architecture. @return Unsupported naming the option.
[[nodiscard]] Result<void> write_gguf_rope(const Architecture& architecture,
                                           std::string_view prefix,
                                           formats::GgufMetadata& metadata);

/// The divisor of each rotary frequency, [head_dim / 2], of a model whose scaling GGUF files keep
/// as rope_freqs.weight; empty for others.
[[nodiscard]] std::vector<float> gguf_rope_factors(const Architecture& architecture);

} // namespace lyceum::models
