#include "core/formats/tensor_index.h"

#include <utility>

namespace lyceum::formats {

std::int64_t TensorInfo::num_elements() const
{
    std::int64_t count = 1; // the sources have checked that the product fits
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

Result<std::span<const std::byte>> TensorSource::raw_bytes(std::string_view name) const
{
    return Error{ErrorCode::Unsupported,
                 "tensor " + std::string(name) + " has no raw bytes in this kind of file", ""};
}

bool TensorIndex::add(TensorInfo info)
{
    if (!positions_.emplace(info.name, tensors_.size()).second)
        return false;
    tensors_.push_back(std::move(info));
    return true;
}

std::optional<std::size_t> TensorIndex::find(std::string_view name) const
{
    const auto found = positions_.find(name);
    if (found == positions_.end())
        return std::nullopt;
    return found->second;
}

Result<std::size_t> TensorIndex::require(std::string_view name, std::string_view source_name) const
{
    if (const auto position = find(name))
        return *position;
    return Error{ErrorCode::NotFound,
                 std::string(source_name) + " has no tensor named " + std::string(name), ""};
}

std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b) noexcept
{
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        return std::nullopt;
    return product;
}

std::optional<std::uint64_t> checked_size(const std::vector<std::int64_t>& shape,
                                          std::uint64_t element_size) noexcept
{
    std::uint64_t size = element_size;
    for (const std::int64_t dim : shape)
        if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(dim), &size))
            return std::nullopt;
    return size;
}

std::string describe_shape(const std::vector<std::int64_t>& shape)
{
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + "]";
}

} // namespace lyceum::formats
