#pragma once

/// @file
/// The data types of GGUF tensors. Source: ggml.h (enum ggml_type), gguf-py's constants.py
/// (GGML_QUANT_SIZES).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lyceum::formats {

/// Reads whole blocks; see convert.h.
using Convert = void (*)(const std::byte* source, std::size_t num_blocks, float* out);
/// Writes whole blocks; see quantize.h.
using Quantize = void (*)(const float* source, std::size_t num_blocks, std::byte* out);

struct GgmlType {
    std::uint32_t id;
    std::string_view name;
    std::uint32_t block_elements;
    std::uint32_t block_bytes;
    Convert to_float32; ///< Null: known by size, but this version cannot read its values.
    Quantize from_float32 = nullptr; ///< Null: this version cannot write it.
};

/// Null for a number or a name that is no type.
[[nodiscard]] const GgmlType* find_ggml_type(std::uint32_t id) noexcept;
[[nodiscard]] const GgmlType* find_ggml_type(std::string_view name) noexcept;

/// "F32, F16, Q4_0, ...": those with values this version can read, for messages.
[[nodiscard]] std::string readable_ggml_types();

} // namespace lyceum::formats
