#pragma once

#include "core/jobs/jobs.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::cli {

/// A place in a run to go on from.
struct ResumePoint {
    std::string run;
    std::optional<std::int64_t> step; ///< Empty: its last checkpoint.
};

/// Reads RUN, RUN@step, RUN@best, RUN@last or a checkpoint's folder.
/// @return NotFound; InvalidConfig when what follows the @ is no step; InvalidData.
[[nodiscard]] Result<ResumePoint> find_resume_point(jobs::Jobs& jobs, std::string_view reference);

} // namespace lyceum::cli
