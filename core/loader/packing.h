#pragma once

/// @file
/// Which samples share a row, and the order of the rows: decided once an epoch from seed and epoch,
/// alike on every rank.

#include "core/data/encoding.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lyceum::loader {

struct PlanOptions {
    std::size_t max_length = 512; ///< Tokens a row holds; a longer sample gets a row of its own.
    bool packing = true;          ///< False: one sample a row.
    bool shuffle = true;
    std::uint64_t seed = 0;
};

/// Samples of one row, by index into the dataset, in the order they stand in it.
using Row = std::vector<std::uint32_t>;

/// The rows of an epoch; every sample is in exactly one, whole. Packing is first-fit in the epoch's
/// order, after which the rows are shuffled again (first-fit leaves the emptier ones at the end).
/// O(n log n).
[[nodiscard]] std::vector<Row> plan_rows(const std::vector<data::EncodedSample>& samples,
                                         const PlanOptions& options, std::int64_t epoch);

} // namespace lyceum::loader
