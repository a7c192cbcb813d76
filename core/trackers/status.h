#pragma once

#include "core/base/result.h"
#include "core/trackers/lane.h"

#include <filesystem>
#include <vector>

namespace lyceum::trackers {

/// <folder>/status.json: how each of a run's trackers did, in the order they began.
[[nodiscard]] Result<void> write_statuses(const std::filesystem::path& folder,
                                          const std::vector<LaneStatus>& statuses);

/// @param folder <run>/trackers. @return nothing where there is none; InvalidData.
[[nodiscard]] Result<std::vector<LaneStatus>> read_statuses(const std::filesystem::path& folder);

} // namespace lyceum::trackers
