#pragma once

#include "core/store/run_store.h"
#include "core/train/callback.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace lyceum::train {

/// Says every two seconds that the run lives, from a thread and a connection of its own: a step, a
/// validation or a save of any length is never taken for a lost run.
class Heartbeat {
public:
    /// @param store A connection for this thread alone.
    Heartbeat(std::unique_ptr<store::RunStore> store, store::RunId run);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    void set_progress(const store::Progress& progress); ///< What it says from now on.

private:
    void beat();

    std::unique_ptr<store::RunStore> store_;
    store::RunId run_;
    std::mutex mutex_;
    std::condition_variable wake_;
    store::Progress progress_;
    bool ends_ = false;
    std::thread thread_;
};

/// Writes everything that people see of a run into the run store. Metrics that cannot be written
/// are a warning in the log, not the end of the run. Give it last: it takes what the others logged.
class RunStoreLogger final : public Callback {
public:
    /// Both outlive the logger. @param store The training thread's connection.
    RunStoreLogger(store::RunStore& store, store::RunId run, Heartbeat& heartbeat);

    [[nodiscard]] std::string_view name() const noexcept override { return "run_store"; }
    Result<void> on_fit_start(Trainer& trainer) override;
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    Result<void> on_checkpoint(Trainer& trainer, const store::CheckpointRow& checkpoint) override;
    Result<void> on_sample(Trainer& trainer, const store::Sample& sample) override;
    Result<void> on_event(Trainer& trainer, const store::Event& event) override;
    Result<void> on_pause(Trainer& trainer) override;
    Result<void> on_continue(Trainer& trainer) override;
    void on_phase(Trainer& trainer) override;
    void on_fit_end(Trainer& trainer, StopReason stop, const Error* error) override;

private:
    void flush(Trainer& trainer);

    store::RunStore& store_;
    store::RunId run_;
    Heartbeat& heartbeat_;
};

} // namespace lyceum::train
