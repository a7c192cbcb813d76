#pragma once

/// @file
/// The trackers a run can be told to, and their options: one table for files, forms and trackers.

#include "core/config/run_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::config {

struct TrackerOption {
    std::string name;
    std::string default_value;
    bool is_count = false; ///< A whole number of at least 0; else text.
};

struct TrackerKind {
    std::string name;
    std::string label; ///< "TensorBoard"
    std::vector<TrackerOption> options;
};

[[nodiscard]] const std::vector<TrackerKind>& tracker_kinds();

/// The option's value, or its default. Both the tracker and the option are of the table.
[[nodiscard]] std::string tracker_option(const TrackerConfig& tracker, std::string_view option);

} // namespace lyceum::config
