#pragma once

/// @file
/// Curves: points as they came, and their pyramid of lowest and highest points, which answers for a
/// million of them by reading a few thousand rows.

#include "core/base/result.h"
#include "core/store/database.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <vector>

namespace lyceum::store {

/// One curve: rows of `metrics` with these keys.
struct SeriesKey {
    RunId run = 0;
    std::int64_t name = 0; ///< Of `metric_names`.
};

/// To be called inside the transaction that wrote points of [first_step, last_step]:
/// builds the pyramid of the chunks that are now complete and takes back what no longer holds.
[[nodiscard]] Result<void> update_pyramid(Database& database, SeriesKey key,
                                          std::int64_t first_step, std::int64_t last_step);

/// To be called inside the transaction that removed the points after `step`.
[[nodiscard]] Result<void> cut_pyramid(Database& database, SeriesKey key, std::int64_t step);

/// See RunStore::decimated_series.
[[nodiscard]] Result<std::vector<SeriesPoint>> decimate(Database& database, SeriesKey key,
                                                        std::int64_t first_step,
                                                        std::int64_t last_step, int buckets);

} // namespace lyceum::store
