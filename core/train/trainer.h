#pragma once

#include "core/config/run_config.h"
#include "core/train/callback.h"
#include "core/train/fit_result.h"
#include "core/train/forward.h"

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::train {

/// The loop (Lightning's Trainer): knows no task, strategy or callback by name.
///
/// One step: poll; forward and backward of all micro-steps; clip; optimizer; on schedule
/// validation; callbacks. The loss is the mean over the target tokens of the global batch, however
/// it is split. Lifecycle: one `fit`, or any number of the others. Threads: the rank's training
/// thread.
class Trainer {
public:
    Trainer(config::RunConfig config, std::filesystem::path run_folder,
            std::vector<std::unique_ptr<Callback>> callbacks);
    ~Trainer();

    /// Trains to the end of max_epochs or max_steps, whichever is first, or until stopped; saves at
    /// the end.
    /// @param resume A checkpoint to go on from; with the same data and settings the result is bit
    /// for bit that of a run never interrupted. The model must have its untrained weights in place.
    [[nodiscard]] Result<FitResult> fit(task::Task& task, const loader::DataModule& data,
                                        strategy::Strategy& strategy,
                                        const checkpoint::Checkpoint* resume = nullptr);

    /// The loss on the validation (test) data, limited by limit_val_batches. @return Cancelled when
    /// stopped before the end.
    [[nodiscard]] Result<ValidationReport>
    validate(task::Task& task, const loader::DataModule& data, strategy::Strategy& strategy);
    [[nodiscard]] Result<ValidationReport> test(task::Task& task, const loader::DataModule& data,
                                                strategy::Strategy& strategy);

    /// The model's answers, greedily. @return Cancelled when stopped.
    [[nodiscard]] Result<std::vector<std::string>> predict(task::Task& task,
                                                           const std::vector<std::string>& prompts);

    /// How far the fit came; also after one that failed.
    [[nodiscard]] FitResult fit_result() const;

    // For callbacks, while a fit runs.
    [[nodiscard]] const config::RunConfig& config() const noexcept { return config_; }
    [[nodiscard]] const std::filesystem::path& run_folder() const noexcept { return run_folder_; }
    [[nodiscard]] const store::Progress& progress() const noexcept { return progress_; }
    [[nodiscard]] std::int64_t tokens() const noexcept { return tokens_; }
    [[nodiscard]] bool is_global_zero() const;
    /// What learns.
    [[nodiscard]] torch::nn::Module& module();
    [[nodiscard]] bool has_validation() const noexcept { return has_validation_; }
    /// Of the newest checkpoint.
    [[nodiscard]] std::optional<std::int64_t> saved_step() const { return saved_step_; }
    /// What trains, the live tensors under the module's names; from on_before_optimizer_step to
    /// on_train_step_end with their gradients.
    [[nodiscard]] Result<std::vector<optim::NamedTensor>> parameters();
    /// Indices into train_data() of the current step's global batch.
    [[nodiscard]] std::span<const std::uint32_t> batch_samples() const { return batch_samples_; }
    [[nodiscard]] const data::EncodedDataset& train_data() const;

    class PhaseScope; // core/train/phase_scope.h

    /// Metrics of the current step, until somebody takes them. Step metrics follow
    /// log_every_n_steps.
    enum class Cadence : std::uint8_t { Step, Always };
    void log(std::string name, double value, Cadence cadence = Cadence::Step);
    [[nodiscard]] std::vector<store::Metric> take_metrics();
    /// Those that nobody has taken yet.
    [[nodiscard]] const std::vector<store::Metric>& pending_metrics() const { return metrics_; }
    [[nodiscard]] std::optional<double> latest(std::string_view name) const;
    /// The value of this very step, if it has one.
    [[nodiscard]] std::optional<double> current(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> metric_names() const; ///< Of all logged so far.

    Result<void> report(std::string kind, std::string text);
    Result<void> report_checkpoint(const store::CheckpointRow& checkpoint);
    Result<void> report_sample(const std::string& prompt, const std::string& text);

    void request_stop(StopReason reason);
    void request_checkpoint(SaveReason reason = SaveReason::Asked) { wanted_save_ = reason; }
    void request_validation() { validation_wanted_ = true; }
    [[nodiscard]] bool is_stopping() const noexcept { return stop_ != StopReason::None; }
    /// From on_before_optimizer_step: the batch counts as seen, the parameters stay.
    void skip_optimizer_step() { skips_step_ = true; }
    [[nodiscard]] bool skips_optimizer_step() const noexcept { return skips_step_; }
    /// Weights and optimizer as in `checkpoint`; the place in the data and the step stay.
    Result<void> return_to(const checkpoint::Checkpoint& checkpoint);
    [[nodiscard]] Result<bool> may_save(SaveReason reason, std::uint64_t num_bytes);

    /// To hold its place at the next poll (not while saving), or to go on.
    void request_pause(bool is_wanted) { pause_wanted_ = is_wanted; }
    [[nodiscard]] bool is_pause_wanted() const noexcept { return pause_wanted_; }
    [[nodiscard]] bool is_holding() const noexcept { return is_holding_; }

    /// Takes the place of optimizer.lr, the peak of the schedule, from the next step on; part of
    /// every later checkpoint.
    void request_learning_rate(double peak) { rate_wanted_ = peak; }
    [[nodiscard]] double peak_learning_rate() const;
    /// What the schedule gives for the next step.
    [[nodiscard]] double next_learning_rate() const;
    /// Takes the place of max_epochs and max_steps; the schedule then ends there. Part of every
    /// later checkpoint. @param step After the current one.
    void request_max_steps(std::int64_t step) { max_steps_wanted_ = step; }

    /// Lets commands and signals in and does at once what they ask for, but stopping, which the
    /// loops then see; a pause ends in here. A collective: rank 0 decides.
    Result<void> poll();
    /// Polls for `seconds`, or until stopped; checkpoints and validations asked for meanwhile come
    /// later.
    Result<void> wait(double seconds);

    /// The whole state between two steps. Tensors are the live ones.
    [[nodiscard]] Result<checkpoint::Checkpoint> snapshot();

    /// The model's answer, greedily. @return Cancelled when `on_text` says no, or on a stop.
    [[nodiscard]] Result<std::string> answer(const std::string& prompt,
                                             const std::function<bool(std::string_view)>& on_text);

private:
    struct Session;

    Result<void> prepare(const checkpoint::Checkpoint* resume);
    Result<void> restore(const checkpoint::Checkpoint& checkpoint);
    Result<void> run_steps();
    Result<void> start_steps();
    Result<void> train_step();
    Result<void> update_parameters(StepReport& report);
    Result<void> run_validation();
    Result<ValidationReport> evaluate(loader::DataLoader& loader, bool is_test,
                                      std::int64_t num_batches);
    Result<void> check_sanity();
    void plan_next_validation();
    [[nodiscard]] bool is_validation_due() const;
    [[nodiscard]] std::int64_t num_validation_batches(const loader::DataLoader& loader) const;
    Result<void> evaluate_batch(loader::DataLoader& loader, bool is_test,
                                std::array<double, 2>& sums);
    Result<void> save(SaveReason reason);
    Result<void> finish();
    Result<void> poll_once();
    Result<void> take_new_limits(std::int64_t bits);
    /// Makes the schedule for the rate and the steps as they are now; it keeps what it has seen.
    Result<void> renew_schedule();
    Result<void> hold();
    void set_phase(store::Phase phase);
    template <typename Hook>
    Result<void> notify(Hook hook);
    [[nodiscard]] std::int64_t count_total_steps() const;
    void note_startup();

    config::RunConfig config_;
    std::filesystem::path run_folder_;
    std::vector<std::unique_ptr<Callback>> callbacks_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<optim::Schedule> schedule_; ///< Of the learning rate; while a fit runs.

    store::Progress progress_{.phase = store::Phase::Loading};
    std::int64_t tokens_ = 0;
    double timed_seconds_ = 0;
    std::int64_t timed_tokens_ = 0;
    double startup_seconds_ = 0;
    double first_step_seconds_ = 0;
    bool has_validation_ = false;
    std::optional<std::int64_t> validated_step_;
    std::optional<std::int64_t> saved_step_;
    std::vector<store::Metric> metrics_;
    std::map<std::string, std::pair<double, std::int64_t>, std::less<>> latest_; ///< With its step.
    std::vector<std::uint32_t> batch_samples_;
    bool skips_step_ = false;

    std::optional<double> peak_learning_rate_; ///< Where people changed it.
    std::optional<std::int64_t> max_steps_;    ///< Where people changed it.
    double held_seconds_ = 0;
    double next_validation_ = 0; ///< In seconds of the process, with pauses left out.

    StopReason stop_ = StopReason::None;
    std::optional<SaveReason> wanted_save_;
    bool validation_wanted_ = false;
    bool pause_wanted_ = false;
    std::optional<double> rate_wanted_;
    std::optional<std::int64_t> max_steps_wanted_;
    bool is_holding_ = false;
    bool is_saving_ = false;
    bool is_validating_ = false;
};

} // namespace lyceum::train
