#include "core/loader/data_module.h"

namespace lyceum::loader {

DataModule::DataModule(data::EncodedDataset train, data::EncodedDataset validation,
                       data::EncodedDataset test, const DataModuleOptions& options)
    : train_(std::move(train))
    , validation_(std::move(validation))
    , test_(std::move(test))
    , options_(options)
{
}

DataLoader DataModule::train_loader(int rank, int world_size) const
{
    return {train_,
            {.plan = {.max_length = options_.max_length,
                      .packing = options_.packing,
                      .shuffle = true,
                      .seed = options_.seed},
             .batch_size = options_.batch_size,
             .micro_steps = options_.accumulate_grad_batches,
             .rank = rank,
             .world_size = world_size,
             .share = options_.limit_train_batches}};
}

DataLoader DataModule::validation_loader(int rank, int world_size) const
{
    return fixed_loader(validation_, rank, world_size);
}

DataLoader DataModule::test_loader(int rank, int world_size) const
{
    return fixed_loader(test_, rank, world_size);
}

DataLoader DataModule::fixed_loader(const data::EncodedDataset& dataset, int rank,
                                    int world_size) const
{
    return {dataset,
            {.plan = {.max_length = options_.max_length,
                      .packing = options_.packing,
                      .shuffle = false,
                      .seed = options_.seed},
             .batch_size = options_.batch_size,
             .micro_steps = 1,
             .rank = rank,
             .world_size = world_size}};
}

} // namespace lyceum::loader
