#pragma once

#include "core/loader/data_loader.h"

#include <memory>

namespace lyceum::loader {

/// What is learnt from and measured on, with how it is batched.
struct DataModuleOptions {
    std::size_t max_length = 512;
    bool packing = true;
    std::uint64_t seed = 0;
    int batch_size = 4;
    int accumulate_grad_batches = 1;
    double limit_train_batches = 1.0; ///< Share of an epoch.
};

/// The data of one run (Lightning's LightningDataModule): owns the encoded samples, hands out
/// loaders. Immutable.
class DataModule {
public:
    /// @param validation, test  May be empty.
    DataModule(data::EncodedDataset train, data::EncodedDataset validation,
               data::EncodedDataset test, const DataModuleOptions& options);
    DataModule(const DataModule&) = delete; ///< Loaders refer to its samples.
    DataModule& operator=(const DataModule&) = delete;

    /// Shuffled, in global batches of batch_size * accumulate_grad_batches * world_size rows.
    [[nodiscard]] DataLoader train_loader(int rank, int world_size) const;
    /// The samples' own order, one micro-step a batch.
    [[nodiscard]] DataLoader validation_loader(int rank, int world_size) const;
    [[nodiscard]] DataLoader test_loader(int rank, int world_size) const;

    [[nodiscard]] const data::EncodedDataset& train() const { return train_; }
    [[nodiscard]] const data::EncodingStats& train_stats() const { return train_.stats; }
    [[nodiscard]] const data::EncodingStats& validation_stats() const { return validation_.stats; }

private:
    [[nodiscard]] DataLoader fixed_loader(const data::EncodedDataset& dataset, int rank,
                                          int world_size) const;

    data::EncodedDataset train_;
    data::EncodedDataset validation_;
    data::EncodedDataset test_;
    DataModuleOptions options_;
};

} // namespace lyceum::loader
