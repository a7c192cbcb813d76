#include "core/train/good_state.h"

#include "core/base/check.h"
#include "core/checkpoint/checkpoint.h"
#include "core/runtime/guard.h"
#include "core/train/trainer.h"

#include <torch/torch.h>

namespace lyceum::train {

GoodState::GoodState() = default;
GoodState::~GoodState() = default;

Result<void> GoodState::on_fit_start(Trainer& trainer)
{
    return keep(trainer);
}

Result<void> GoodState::on_checkpoint(Trainer& trainer, const store::CheckpointRow& checkpoint)
{
    const bool is_new = checkpoint.is_kept && checkpoint.step == trainer.progress().step;
    return is_new ? keep(trainer) : Result<void>();
}

Result<void> GoodState::keep(Trainer& trainer)
{
    LYCEUM_ASSIGN(auto state, trainer.snapshot());
    return runtime::guard("keeping the last good state", [&] {
        for (auto* tensors : {&state.model, &state.optimizer, &state.callbacks})
            for (auto& [name, tensor] : *tensors)
                tensor = tensor.detach().clone();
        state_ = std::make_unique<const checkpoint::Checkpoint>(std::move(state));
    });
}

Result<std::int64_t> GoodState::restore(Trainer& trainer) const
{
    LYCEUM_CHECK(state_ != nullptr, "on_fit_start comes before restore");
    LYCEUM_TRY(trainer.return_to(*state_));
    trainer.skip_optimizer_step();
    return state_->manifest.step;
}

} // namespace lyceum::train
