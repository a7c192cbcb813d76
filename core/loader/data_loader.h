#pragma once

#include "core/loader/batch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lyceum::loader {

struct LoaderOptions {
    PlanOptions plan;
    int batch_size = 4;  ///< Rows a rank and micro-step.
    int micro_steps = 1; ///< Micro-steps a global batch (accumulate_grad_batches).
    int rank = 0;        ///< In [0, world_size).
    int world_size = 1;
    double share = 1.0; ///< Of an epoch's global batches, (0, 1]; at least one.
};

/// This rank's part of one global batch.
struct StepBatches {
    std::vector<Batch> micro_steps; ///< At least one; as many on every rank.
    std::int64_t num_targets = 0;   ///< Of the whole global batch, over all ranks and micro-steps.
    std::int64_t num_tokens = 0;    ///< Likewise, without padding.
    std::vector<std::uint32_t> samples; ///< Likewise, by index into the dataset.
};

/// Where a loader stands. Counted in rows, so that it holds at every batch size and world size.
struct LoaderState {
    std::int64_t epoch = 0;
    std::int64_t rows_taken = 0;
    std::string
        fingerprint; ///< Of the samples and the plan's options: another plan has another order.
};

/// Deals the rows of each epoch out in global batches. The order is the same on all ranks; global
/// batch k holds the same samples at every world size that keeps batch_size * micro_steps *
/// world_size. The last one of an epoch may be smaller; no row is dropped or repeated.
class DataLoader {
public:
    /// @param dataset Outlives the loader.
    DataLoader(const data::EncodedDataset& dataset, const LoaderOptions& options);

    [[nodiscard]] std::int64_t num_steps() const; ///< Global batches of this epoch.
    [[nodiscard]] std::int64_t num_steps(std::int64_t epoch) const; ///< Of any epoch; plans it.
    [[nodiscard]] std::int64_t step() const;                        ///< Dealt out of this epoch.
    [[nodiscard]] bool has_next() const;                            ///< In this epoch.
    [[nodiscard]] StepBatches next();                               ///< Needs has_next().
    void start_epoch(std::int64_t epoch);

    [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] double epoch_progress() const; ///< Epochs done, with the share of this one.

    [[nodiscard]] LoaderState state() const;
    /// @return InvalidConfig when the state is of other data, packing, max_length or seed.
    [[nodiscard]] Result<void> load_state(const LoaderState& state);

private:
    [[nodiscard]] std::size_t rows_a_step() const;
    [[nodiscard]] std::vector<Row> plan(std::int64_t epoch) const;

    const data::EncodedDataset& dataset_;
    LoaderOptions options_;
    std::string fingerprint_;
    std::int64_t epoch_ = 0;
    std::size_t rows_taken_ = 0;
    std::vector<Row> rows_;
};

} // namespace lyceum::loader
