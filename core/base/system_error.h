#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace lyceum {

/// The Error of a failed system call: "Cannot write /a/b: No space left on device".
/// ENOSPC, EDQUOT and EFBIG become DiskFull, ENOENT NotFound, everything else Io; the hint fits the
/// cause.
[[nodiscard]] Error system_error(std::string_view action, const std::filesystem::path& object,
                                 int error_number);

} // namespace lyceum
