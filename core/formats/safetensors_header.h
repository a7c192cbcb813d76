#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lyceum::formats {

/// A tensor of a safetensors file that is being written; the file has them back to back.
struct SafetensorsEntry {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string dtype;
    std::uint64_t size_bytes = 0; ///< What shape and dtype come to.
};

/// What lies before the tensors: the header's length and the JSON header, padded with spaces so
/// that the data begins at a multiple of 8.
[[nodiscard]] std::string
make_safetensors_header(const std::vector<SafetensorsEntry>& entries,
                        const std::map<std::string, std::string>& metadata);

} // namespace lyceum::formats
