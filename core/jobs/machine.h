#pragma once

/// @file
/// What this computer has, as a program in a container may use it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::jobs {

struct Machine {
    std::string processor;          ///< "AMD EPYC 7B13"
    int num_cores = 0;              ///< That this process may run on, a container's quota included.
    std::uint64_t memory_bytes = 0; ///< The machine's, or less where a container limits it.
    std::uint64_t available_bytes = 0; ///< Free for new programs now.
    bool is_limited = false;           ///< By a container (cgroup).
};
[[nodiscard]] Machine this_machine();

/// Limits of a cgroup, the tightest on the way up; empty where there is none.
struct CgroupLimits {
    std::optional<std::uint64_t> memory_bytes;
    std::optional<std::uint64_t> memory_used_bytes; ///< Of the group with that limit.
    std::optional<double> cores;
};
/// @param root of the mounted hierarchy ("/sys/fs/cgroup"). @param membership the text of
/// /proc/self/cgroup.
[[nodiscard]] CgroupLimits read_cgroup_limits(const std::filesystem::path& root,
                                              const std::string& membership);

/// Names of the NVIDIA GPUs that the driver knows; empty without a driver.
[[nodiscard]] std::vector<std::string> nvidia_gpus();

} // namespace lyceum::jobs
