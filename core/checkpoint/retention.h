#pragma once

/// @file
/// Which checkpoints stay on disk.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::checkpoint {

struct RetentionPolicy {
    int save_top_k = 1;          ///< Best ones kept; -1 keeps all.
    bool save_last = true;       ///< The newest is kept in any case.
    bool lower_is_better = true; ///< Of the monitored value.
};

struct KeptCheckpoint {
    std::int64_t step = 0;
    std::optional<double> monitored;     ///< Absent: the metric had no value at its step.
    bool is_pinned = false;              ///< Stays, whatever the policy says.
    std::optional<double> val_loss = {}; ///< To be told, not to rank by.
    friend bool operator==(const KeptCheckpoint&, const KeptCheckpoint&) = default;
};

/// The best of those with a monitored value; on a tie the earlier.
[[nodiscard]] std::optional<KeptCheckpoint> best_of(const std::vector<KeptCheckpoint>& kept,
                                                    const RetentionPolicy& policy);

/// What the policy lets go: never the best, never one that is pinned; never the newest either,
/// unless there is a best and save_last is off.
/// @param kept In the order they were written.
[[nodiscard]] std::vector<KeptCheckpoint> superfluous(const std::vector<KeptCheckpoint>& kept,
                                                      const RetentionPolicy& policy);

/// `<run>/checkpoints/step-000050`
[[nodiscard]] std::filesystem::path checkpoint_folder(const std::filesystem::path& run_folder,
                                                      std::int64_t step);

/// Checkpoints on disk that have a readable manifest, in the order they were written.
/// @param monitor The metric that `monitored` is of; a checkpoint made with another has none.
[[nodiscard]] std::vector<KeptCheckpoint> list_checkpoints(const std::filesystem::path& run_folder,
                                                           std::string_view monitor = "val_loss");

/// Deletes a checkpoint: renamed first, so that half of one is never seen.
[[nodiscard]] Result<void> remove_checkpoint(const std::filesystem::path& run_folder,
                                             std::int64_t step);

/// Removes what a killed process left: half-written and half-removed folders.
/// @return how many.
[[nodiscard]] Result<int> remove_leftovers(const std::filesystem::path& run_folder);

/// In `callbacks` of a checkpoint's state: the monitored metric's value by its name.
inline constexpr const char* kMonitorKey = "model_checkpoint";

/// Begins the names of folders that are no checkpoints (yet, or any more).
inline constexpr const char* kTemporaryPrefix = ".partial-";

} // namespace lyceum::checkpoint
