#pragma once

#include "core/base/result.h"
#include "core/formats/tensor_source.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lyceum::formats {

/// The tensors of a file in its order, found by name in constant time. Immutable once built.
class TensorIndex {
public:
    /// @return false, and nothing is added, when the name is there already.
    [[nodiscard]] bool add(TensorInfo info);

    [[nodiscard]] const std::vector<TensorInfo>& all() const noexcept { return tensors_; }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

    /// The position of `name`, checked against a caller's buffer.
    /// @param source_name for the message: the file. @return NotFound naming both.
    [[nodiscard]] Result<std::size_t> require(std::string_view name,
                                              std::string_view source_name) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::vector<TensorInfo> tensors_;
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> positions_;
};

/// a * b, or nothing when it does not fit.
[[nodiscard]] std::optional<std::uint64_t> checked_product(std::uint64_t a,
                                                           std::uint64_t b) noexcept;

/// Bytes of a tensor with elements of `element_size`, or nothing when it does not fit.
/// @param shape non-negative sizes.
[[nodiscard]] std::optional<std::uint64_t> checked_size(const std::vector<std::int64_t>& shape,
                                                        std::uint64_t element_size) noexcept;

/// "[49152, 576]", for messages.
[[nodiscard]] std::string describe_shape(const std::vector<std::int64_t>& shape);

} // namespace lyceum::formats
