#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>

namespace lyceum::formats {

/// @return DiskFull saying how much is missing for a file of `size_bytes` at `path`; Io.
[[nodiscard]] Result<void> require_disk_space(const std::filesystem::path& path,
                                              std::uint64_t size_bytes);

} // namespace lyceum::formats
