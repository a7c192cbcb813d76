#pragma once

/// @file
/// TensorWriter: a model file that is being written, whatever its format; the other way of
/// TensorSource.

#include "core/base/result.h"
#include "core/formats/ggml_types.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lyceum::formats {

/// A tensor that is to be written.
struct StoredTensor {
    std::string name;
    std::vector<std::int64_t> shape; ///< Row major, [out, in]; sizes above 0.
    const GgmlType* type = nullptr;  ///< The last size is a multiple of its block.
    [[nodiscard]] std::uint64_t size_bytes() const;
};

/// Takes the tensors one at a time, in the order in which they were declared when it was made.
/// Destroyed uncommitted, it leaves no file. One thread.
class TensorWriter {
public:
    virtual ~TensorWriter() = default;

    /// The next tensor. @param data of its size_bytes. @return DiskFull, Io.
    [[nodiscard]] virtual Result<void> append(std::span<const std::byte> data) = 0;

    /// After the last tensor: the files get their names. @return DiskFull, Io; of several files
    /// some may then have theirs.
    [[nodiscard]] virtual Result<void> commit() = 0;

    /// Names of the files in their folder.
    [[nodiscard]] virtual std::vector<std::string> file_names() const = 0;
};

} // namespace lyceum::formats
