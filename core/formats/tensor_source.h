#pragma once

/// @file
/// TensorSource: named tensors of a model file, whatever the file's format and data type.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::formats {

struct TensorInfo {
    std::string name;
    std::vector<std::int64_t>
        shape;                    ///< Row major, as PyTorch says it: [out, in] for a linear weight.
    std::string dtype;            ///< As the file stores it: "F32", "BF16", "Q4_1", ...
    std::uint64_t size_bytes = 0; ///< In the file.

    [[nodiscard]] std::int64_t num_elements() const;
};

/// Memory-mapped tensors, converted one at a time. Threads: reads may run side by side.
class TensorSource {
public:
    virtual ~TensorSource() = default;

    [[nodiscard]] virtual const std::vector<TensorInfo>& tensors() const noexcept = 0;

    /// Converts the whole tensor to float32, row major.
    /// @param out exactly num_elements() long.
    /// @return NotFound; Unsupported for a data type this version cannot read.
    [[nodiscard]] virtual Result<void> read_float32(std::string_view name,
                                                    std::span<float> out) const = 0;

    /// The tensor's size_bytes as they lie in the file, unaligned; valid as long as the source.
    /// @return NotFound; Unsupported where the values are not stored in this order (GGUF's q and
    /// k).
    [[nodiscard]] virtual Result<std::span<const std::byte>> raw_bytes(std::string_view name) const;
};

} // namespace lyceum::formats
