#include "core/formats/disk_space.h"

#include "core/base/paths.h"
#include "core/base/text.h"

namespace lyceum::formats {

Result<void> require_disk_space(const std::filesystem::path& path, std::uint64_t size_bytes)
{
    LYCEUM_ASSIGN(const std::uint64_t free, free_disk_bytes(path));
    if (free >= size_bytes)
        return {};
    return Error{ErrorCode::DiskFull,
                 "writing " + path.string() + " needs " + format_bytes(size_bytes) + ", but only " +
                     format_bytes(free) + " are free on its disk",
                 "Free some space or choose another disk."};
}

} // namespace lyceum::formats
