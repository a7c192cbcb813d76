#pragma once

#include "core/base/result.h"
#include "core/store/run_rows.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lyceum::jobs {

/// What a tracker has of a run, and how to look at it.
struct RunTracker {
    std::string name; ///< "tensorboard"
    std::filesystem::path folder;
    std::string command; ///< For a terminal: "tensorboard --logdir ..."; empty when none helps.
    std::string state = "ok";      ///< ok | waiting | gave_up
    std::uint64_t num_dropped = 0; ///< Records it lacks.
    std::uint64_t num_waiting = 0; ///< Records not yet at its server.
    std::string message;
};

/// In the order of their names. @return InvalidData when the run's report of them is damaged.
[[nodiscard]] Result<std::vector<RunTracker>> trackers_of(const store::RunRow& run);

} // namespace lyceum::jobs
