#pragma once

/// @file
/// The example of core/train/CALLBACKS.md, word for word.

#include "core/formats/json.h"
#include "core/train/trainer.h"

namespace lyceum::train {

class StopAtLoss final : public Callback {
public:
    StopAtLoss(double goal, int steps) : goal_(goal), steps_(steps) {}

    // The key of its state in a checkpoint: never change it.
    [[nodiscard]] std::string_view name() const noexcept override { return "stop_at_loss"; }

    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override
    {
        reached_ = report.loss < goal_ ? reached_ + 1 : 0;
        trainer.log("steps_below_goal", static_cast<double>(reached_)); // a curve of its own
        if (reached_ < steps_)
            return {};
        trainer.request_stop(StopReason::EarlyStopping); // saved and ended in order
        return trainer.report("stopped", "The loss stayed below the goal for " +
                                             std::to_string(reached_) + " steps.");
    }

    // What a run killed here needs to end in the same bits.
    [[nodiscard]] nlohmann::json state() const override { return {{"reached", reached_}}; }
    Result<void> load_state(const nlohmann::json& state) override
    {
        const formats::JsonObject object(state, "stop_at_loss");
        LYCEUM_ASSIGN(reached_, object.integer("reached"));
        return {};
    }

private:
    double goal_;
    std::int64_t steps_;
    std::int64_t reached_ = 0;
};

} // namespace lyceum::train
