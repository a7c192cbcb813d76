#pragma once

#include "core/store/run_store.h"
#include "core/train/callback.h"

#include <chrono>
#include <vector>

namespace lyceum::train {

/// Takes commands out of the run store, at most ten times a second, and tells the store what came
/// of them.
class CommandListener final : public Callback {
public:
    CommandListener(store::RunStore& store, store::RunId run); ///< `store` outlives the listener.

    [[nodiscard]] std::string_view name() const noexcept override { return "commands"; }
    Result<void> on_poll(Trainer& trainer) override;
    Result<void> on_checkpoint(Trainer& trainer, const store::CheckpointRow& checkpoint) override;
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    Result<void> on_pause(Trainer& trainer) override;
    Result<void> on_continue(Trainer& trainer) override;
    void on_fit_end(Trainer& trainer, StopReason stop, const Error* error) override;

private:
    Result<void> obey(Trainer& trainer, const store::Command& command);
    Result<void> go_on(Trainer& trainer, const store::Command& command);
    Result<void> set_learning_rate(Trainer& trainer, const store::Command& command);
    Result<void> set_max_steps(Trainer& trainer, const store::Command& command);
    Result<void> report(Trainer& trainer, const store::Command& command, const std::string& what);
    /// @param result Empty: what the command itself holds.
    void answer(store::CommandKind kind, const std::string& result);

    store::RunStore& store_;
    store::RunId run_;
    std::chrono::steady_clock::time_point last_look_{};
    std::vector<store::Command> open_;
};

} // namespace lyceum::train
