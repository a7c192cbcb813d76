#pragma once

/// @file
/// What a Trainer works with while a call of it runs; inside core/train only.

#include "core/loader/data_module.h"
#include "core/strategy/strategy.h"
#include "core/task/task.h"
#include "core/train/trainer.h"

#include <optional>

namespace lyceum::train {

struct Trainer::Session {
    task::Task& task;
    strategy::Strategy* strategy = nullptr;
    const loader::DataModule* data = nullptr;
    std::optional<loader::DataLoader> train_loader;
};

template <typename Hook>
Result<void> Trainer::notify(Hook hook)
{
    for (const auto& callback : callbacks_)
        LYCEUM_TRY(hook(*callback));
    return {};
}

} // namespace lyceum::train
