#pragma once

/// @file
/// Whether two runs are the same, to the last bit: their states and their curves.

#include "core/base/result.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

namespace lyceum::jobs {

/// What was compared, and the first thing that differs.
struct Comparison {
    std::size_t num_tensors = 0;
    std::uint64_t num_bytes = 0;  ///< Of those tensors.
    std::size_t num_points = 0;   ///< Of the curves.
    std::string first_difference; ///< A sentence with both values; empty: none.

    [[nodiscard]] bool is_same() const { return first_difference.empty(); }
};

/// Every tensor of the weights and the optimizer, and the trainer's state but for its figures of
/// time. @return NotFound, InvalidData for a checkpoint that cannot be read.
[[nodiscard]] Result<Comparison> compare_checkpoints(const std::filesystem::path& one,
                                                     const std::filesystem::path& other);

/// Loss, validation loss, gradient norm and learning rate, at every step up to `last_step` that
/// either recorded.
[[nodiscard]] Result<Comparison>
compare_curves(store::RunStore& store, store::RunId one, store::RunId other,
               std::int64_t last_step = std::numeric_limits<std::int64_t>::max());

} // namespace lyceum::jobs
