#pragma once

#include "core/config/run_config.h"
#include "core/train/callback.h"

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::checkpoint {
struct Checkpoint;
}
namespace lyceum::loader {
class DataModule;
class DataLoader;
} // namespace lyceum::loader
namespace lyceum::runtime {
class Precision;
}
namespace lyceum::strategy {
class Strategy;
}
namespace lyceum::task {
class Task;
}

namespace lyceum::train {

/// How a fit went.
struct FitResult {
    StopReason stop = StopReason::None;
    std::int64_t step = 0;
    std::int64_t tokens = 0;
    std::optional<double> train_loss; ///< Of the last step.
    std::optional<double> val_loss;   ///< Of the last validation.
    double tokens_per_second = 0;     ///< Over all training steps, validation and saving left out.
    double startup_seconds = 0; ///< From the start of the process to the beginning of the first
                                ///< validation or training step.
    double first_step_seconds =
        0; ///< From the start of the process to the end of its first optimizer step; 0 without one.
};

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
    [[nodiscard]] bool has_validation() const noexcept { return has_validation_; }
    /// Of the newest checkpoint.
    [[nodiscard]] std::optional<std::int64_t> saved_step() const { return saved_step_; }

    /// Shows another phase until the end of the scope.
    class PhaseScope {
    public:
        PhaseScope(Trainer& trainer, store::Phase phase)
            : trainer_(trainer), before_(trainer.progress_.phase)
        {
            trainer_.set_phase(phase);
        }
        ~PhaseScope() { trainer_.set_phase(before_); }
        PhaseScope(const PhaseScope&) = delete;
        PhaseScope& operator=(const PhaseScope&) = delete;

    private:
        Trainer& trainer_;
        store::Phase before_;
    };

    /// Metrics of the current step, until somebody takes them. Step metrics follow
    /// log_every_n_steps.
    enum class Cadence : std::uint8_t { Step, Always };
    void log(std::string name, double value, Cadence cadence = Cadence::Step);
    [[nodiscard]] std::vector<store::Metric> take_metrics();
    [[nodiscard]] std::optional<double> latest(std::string_view name) const;

    Result<void> report(std::string kind, std::string text);
    Result<void> report_checkpoint(const store::CheckpointRow& checkpoint);
    Result<void> report_sample(const std::string& prompt, const std::string& text);

    void request_stop(StopReason reason);
    void request_checkpoint() { checkpoint_wanted_ = true; }
    void request_validation() { validation_wanted_ = true; }
    [[nodiscard]] bool is_stopping() const noexcept { return stop_ != StopReason::None; }

    /// Lets commands and signals in and does at once what they ask for, but stopping, which the
    /// loops then see. A collective: rank 0 decides.
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
    Result<void> set_up_precision();
    Result<void> restore_precision(const nlohmann::json& saved);
    Result<void> run_validation();
    Result<ValidationReport> evaluate(loader::DataLoader& loader, bool is_test);
    Result<void> evaluate_batch(loader::DataLoader& loader, bool is_test,
                                std::array<double, 2>& sums);
    Result<void> save(SaveReason reason);
    Result<void> finish();
    void set_phase(store::Phase phase);
    template <typename Hook>
    Result<void> notify(Hook hook);
    [[nodiscard]] std::int64_t count_total_steps() const;
    void note_startup();

    config::RunConfig config_;
    std::filesystem::path run_folder_;
    std::vector<std::unique_ptr<Callback>> callbacks_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<runtime::Precision> precision_;

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
    std::map<std::string, double, std::less<>> latest_;

    StopReason stop_ = StopReason::None;
    bool checkpoint_wanted_ = false;
    bool validation_wanted_ = false;
    bool is_saving_ = false;
    bool is_validating_ = false;
};

} // namespace lyceum::train
