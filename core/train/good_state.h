#pragma once

#include "core/train/callback.h"

#include <memory>

namespace lyceum::train {

/// A copy in memory of weights and optimizer as they were at the newest checkpoint (or the start),
/// for guards that go back. As every attempt that resumes begins at a checkpoint, it goes back to
/// the same state as the uninterrupted run. Takes as much memory as a checkpoint.
class GoodState final : public Callback {
public:
    GoodState();
    ~GoodState() override;
    [[nodiscard]] std::string_view name() const noexcept override { return "good_state"; }
    Result<void> on_fit_start(Trainer& trainer) override;
    Result<void> on_checkpoint(Trainer& trainer, const store::CheckpointRow& checkpoint) override;

    /// Puts the weights and the optimizer back and leaves the current batch out; from
    /// on_before_optimizer_step. @return the step it went back to.
    [[nodiscard]] Result<std::int64_t> restore(Trainer& trainer) const;

private:
    Result<void> keep(Trainer& trainer);

    std::unique_ptr<const checkpoint::Checkpoint> state_;
};

} // namespace lyceum::train
