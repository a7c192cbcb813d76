#pragma once

#include "core/formats/ggml_types.h"

#include <cstdint>
#include <string_view>

namespace lyceum::formats {

/// A data type of safetensors. Source: safetensors' `Dtype` (tensor.rs).
struct SafetensorsDtype {
    std::string_view name;
    std::uint64_t size; ///< Bytes an element.
    Convert to_float32; ///< Null: known by size, but not read as numbers.
};

/// Null for a name that is no type.
[[nodiscard]] const SafetensorsDtype* find_safetensors_dtype(std::string_view name) noexcept;

} // namespace lyceum::formats
