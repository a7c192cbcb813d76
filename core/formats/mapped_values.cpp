#include "core/formats/mapped_values.h"

#include "core/base/check.h"

#include <algorithm>

namespace lyceum::formats {

void convert_mapped(const MappedFile& file, Convert convert, std::size_t block_elements,
                    std::size_t block_bytes, std::span<const std::byte> bytes, std::span<float> out)
{
    const std::size_t num_blocks = out.size() / block_elements;
    LYCEUM_CHECK(bytes.size() >= num_blocks * block_bytes, "there are bytes for every value");
    const std::size_t blocks_at_once = std::max<std::size_t>(1, kBytesAtOnce / block_bytes);
    for (std::size_t done = 0; done < num_blocks; done += blocks_at_once) {
        const std::size_t count = std::min(blocks_at_once, num_blocks - done);
        const auto piece = bytes.subspan(done * block_bytes, count * block_bytes);
        convert(piece.data(), count, out.data() + done * block_elements);
        file.release(piece);
    }
}

} // namespace lyceum::formats
