#pragma once

/// @file
/// Float32 to what a file stores: the other way of convert.h. Each function reads num_blocks *
/// (elements a block) floats and writes `num_blocks` blocks at `out` (no alignment needed). Bit for
/// bit what gguf-py's `quants.quantize` gives for numbers that find_unfit passes.

#include "core/formats/ggml_types.h"

#include <cstddef>
#include <optional>
#include <span>

namespace lyceum::formats {

void quantize_f32(const float* source, std::size_t num_blocks, std::byte* out);
void quantize_f16(const float* source, std::size_t num_blocks, std::byte* out);
void quantize_bf16(const float* source, std::size_t num_blocks, std::byte* out);
void quantize_q4_0(const float* source, std::size_t num_blocks, std::byte* out);
void quantize_q8_0(const float* source, std::size_t num_blocks, std::byte* out);

/// The largest finite number that `type` can hold: of F16 65504, of a quantised type its scale's
/// limit.
[[nodiscard]] float largest_of(const GgmlType& type) noexcept;

/// The first value that `type` cannot hold: not finite, or beyond largest_of.
[[nodiscard]] std::optional<float> find_unfit(std::span<const float> values, const GgmlType& type);

} // namespace lyceum::formats
