#pragma once

/// @file
/// Callback: what else happens while a model trains (Lightning's Callback), and the place to extend
/// it. One small class each: override the hooks you need, act through the Trainer, add one line to
/// make_callbacks. CALLBACKS.md beside this file is the guide; its example, which a test compiles:
///
///     class StopAtLoss final : public Callback {
///     public:
///         [[nodiscard]] std::string_view name() const noexcept override { return "stop_at_loss"; }
///         Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override
///         {
///             if (report.loss < 0.1)
///                 trainer.request_stop(StopReason::EarlyStopping);
///             return {};
///         }
///     };

#include "core/base/result.h"
#include "core/store/run_rows.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::checkpoint {
struct Checkpoint;
}

namespace lyceum::train {

class Trainer;

/// One optimizer step. `step` counts from 1: the number of steps done with this one.
struct StepReport {
    std::int64_t step = 0;
    double loss = 0; ///< nats per target token of the global batch.
    double learning_rate = 0;
    double gradient_norm = 0; ///< Before clipping.
    std::int64_t num_tokens = 0;
    double seconds = 0;           ///< Of this step; 0 before the optimizer ran.
    std::int64_t num_targets = 0; ///< Of the global batch, as are tokens and samples.
    std::int64_t num_samples = 0;
    bool is_skipped = false; ///< The optimizer left the parameters as they were.
};

struct ValidationReport {
    std::int64_t step = 0;
    double loss = 0; ///< nats per target token
    double perplexity = 0;
    std::int64_t num_targets = 0;
    double seconds = 0;
};

enum class SaveReason : std::uint8_t { Schedule, Asked, Final, Signal };
/// As the run store writes it: "schedule", ...
[[nodiscard]] std::string_view to_string(SaveReason reason);

/// How a fit ended. Lightning has no word for it: Finished, Stopped by somebody, or an Error.
enum class StopReason : std::uint8_t { None, Asked, Signal, EarlyStopping, TimeLimit };

/// Every hook may be left out. An error ends the run as Failed. Hooks are called on the training
/// thread, in the order the callbacks were given. All ranks have the same callbacks; those that
/// write do so on rank 0.
class Callback {
public:
    virtual ~Callback() = default;
    /// Stable: the key of its state in a checkpoint.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Model, data and (on resume) state are in place; nothing has run.
    virtual Result<void> on_fit_start(Trainer&) { return {}; }
    /// Loss and gradient are known, parameters still unchanged: an error keeps them so, and
    /// Trainer::skip_optimizer_step leaves just this batch out.
    virtual Result<void> on_before_optimizer_step(Trainer&, const StepReport&) { return {}; }
    virtual Result<void> on_train_step_end(Trainer&, const StepReport&) { return {}; }
    /// The model is about to answer questions: validation, samples. Always paired; pairs may nest.
    virtual Result<void> on_evaluation_start(Trainer&) { return {}; }
    virtual Result<void> on_evaluation_end(Trainer&) { return {}; }
    virtual Result<void> on_validation_end(Trainer&, const ValidationReport&) { return {}; }
    /// After everything that belongs to a step, validation included; also once before the first
    /// (step 0).
    virtual Result<void> on_step_finished(Trainer&) { return {}; }
    /// Somebody wants a checkpoint of this very state.
    virtual Result<void> on_save(Trainer&, SaveReason) { return {}; }
    /// Whether a checkpoint of `num_bytes` may be written now; one "no" is enough. Rank 0 only.
    virtual Result<bool> may_save(Trainer&, SaveReason, std::uint64_t /*num_bytes*/)
    {
        return true;
    }
    /// What the checkpoint says may be changed: tensors of the callback go into its `callbacks`.
    virtual Result<void> on_save_checkpoint(Trainer&, checkpoint::Checkpoint&) { return {}; }
    /// Its model, optimizer and states are in place: on resume, and when the run goes back to it.
    virtual Result<void> on_load_checkpoint(Trainer&, const checkpoint::Checkpoint&) { return {}; }
    /// A checkpoint came to be, changed its standing, or went (is_kept false).
    virtual Result<void> on_checkpoint(Trainer&, const store::CheckpointRow&) { return {}; }
    virtual Result<void> on_sample(Trainer&, const store::Sample&) { return {}; }
    virtual Result<void> on_event(Trainer&, const store::Event&) { return {}; }
    virtual void on_phase(Trainer&) {}
    /// The run holds its place from now on, wherever it is.
    virtual Result<void> on_pause(Trainer&) { return {}; }
    /// The pause is over: the run goes on, or (is_stopping) stops.
    virtual Result<void> on_continue(Trainer&) { return {}; }
    /// In every loop, often: between steps, validation batches, generated tokens, and while
    /// waiting or paused.
    virtual Result<void> on_poll(Trainer&) { return {}; }
    /// The last call, whatever happened. @param error Null unless the run failed.
    virtual void on_fit_end(Trainer&, StopReason, const Error*) {}

    /// What going on exactly needs.
    [[nodiscard]] virtual nlohmann::json state() const { return nullptr; }
    virtual Result<void> load_state(const nlohmann::json&) { return {}; }
};

} // namespace lyceum::train
