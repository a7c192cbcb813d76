#include "core/formats/tensor_writer.h"

namespace lyceum::formats {

std::uint64_t StoredTensor::size_bytes() const
{
    std::uint64_t elements = 1;
    for (const std::int64_t size : shape)
        elements *= static_cast<std::uint64_t>(size);
    return elements / type->block_elements * type->block_bytes;
}

} // namespace lyceum::formats
