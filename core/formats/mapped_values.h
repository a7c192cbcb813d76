#pragma once

#include "core/formats/ggml_types.h"
#include "core/formats/mapped_file.h"

#include <cstddef>
#include <span>

namespace lyceum::formats {

/// Source bytes that are read before their pages are given back.
inline constexpr std::size_t kBytesAtOnce = std::size_t{1} << 20;

/// Converts a tensor of `file` piece by piece and gives back the pages of each, so that loading a
/// model takes the memory of its values and not of its file as well.
/// @param bytes of the file, whole blocks of `block_bytes`. @param out (elements a block) for each.
void convert_mapped(const MappedFile& file, Convert convert, std::size_t block_elements,
                    std::size_t block_bytes, std::span<const std::byte> bytes,
                    std::span<float> out);

} // namespace lyceum::formats
