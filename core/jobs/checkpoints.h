#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lyceum::jobs {

/// Where a run goes on from.
struct ResumePoint {
    std::optional<std::filesystem::path>
        folder; ///< Empty: there is no checkpoint; start from step 0.
    std::int64_t step = 0;
    std::string warning; ///< Why it is not the last checkpoint; empty if it is.
};

/// The last whole checkpoint of a run, or the one at `step`.
/// @return NotFound naming the steps there are; InvalidData when the one asked for, or every one,
/// is damaged.
[[nodiscard]] Result<ResumePoint> find_resume_point(const std::filesystem::path& run_folder,
                                                    std::optional<std::int64_t> step);

} // namespace lyceum::jobs
