#pragma once

/// @file
/// Trackers without a training run: what the run store and the run's folder hold, sent or written
/// now.

#include "core/config/run_config.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <filesystem>

namespace lyceum::trackers {

/// Writes a run as the store knows it for a tracker. Threads: the store's.
/// @param folder The tracker's. @return AlreadyExists when it is not empty; the tracker's errors.
/// @return the number of records.
[[nodiscard]] Result<std::uint64_t> export_run(store::RunStore& store, const store::RunRow& run,
                                               const config::RunConfig& config,
                                               const config::TrackerConfig& tracker,
                                               const std::filesystem::path& folder);

/// Sends what a run left for its MLflow server; a run that was lost ends there as failed.
/// @return the number of records sent; NotFound when the run has no MLflow tracker; InvalidConfig
/// while the run is active: its own process does it then. After an error the rest still waits.
[[nodiscard]] Result<std::uint64_t> push_run(const store::RunRow& run,
                                             const config::RunConfig& config);

} // namespace lyceum::trackers
