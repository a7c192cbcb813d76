#include "core/train/run_store_logger.h"

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/train/trainer.h"

#include <chrono>
#include <cstdio>

namespace lyceum::train {

namespace {

constexpr auto kHeartbeatInterval = std::chrono::seconds(2);

void warn_unless(const Result<void>& result, std::string_view what)
{
    if (!result)
        log::warning("could not write " + std::string(what) +
                     " to the run store: " + result.error().message);
}

std::string number(const char* format, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace

Heartbeat::Heartbeat(std::unique_ptr<store::RunStore> store, store::RunId run)
    : store_(std::move(store)), run_(run), progress_{.phase = store::Phase::Loading}
{
    thread_ = std::thread([this] { beat(); });
}

Heartbeat::~Heartbeat()
{
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Heartbeat::set_progress(const store::Progress& progress)
{
    const std::lock_guard lock(mutex_);
    progress_ = progress;
}

void Heartbeat::beat()
{
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kHeartbeatInterval, [this] { return ends_; })) {
        // The lock is held while writing, so that an older progress never lands after a newer one.
        warn_unless(store_->record(run_, progress_, {}), "a heartbeat");
    }
}

RunStoreLogger::RunStoreLogger(store::RunStore& store, store::RunId run, Heartbeat& heartbeat)
    : store_(store), run_(run), heartbeat_(heartbeat)
{
}

void RunStoreLogger::flush(Trainer& trainer)
{
    heartbeat_.set_progress(trainer.progress());
    auto metrics = trainer.take_metrics();
    if (trainer.is_global_zero())
        warn_unless(store_.record(run_, trainer.progress(), metrics), "metrics");
}

Result<void> RunStoreLogger::on_fit_start(Trainer& trainer)
{
    const auto& progress = trainer.progress();
    const bool is_resumed = progress.step > 0;
    LYCEUM_TRY(store_.set_status(run_, store::RunStatus::Running));
    LYCEUM_TRY(store_.rewind_to(run_, progress.step));
    flush(trainer);
    return on_event(
        trainer,
        {.step = progress.step,
         .kind = is_resumed ? "resumed" : "started",
         .text = (is_resumed ? "Resumed after step " + std::to_string(progress.step) + " of "
                             : "Started: ") +
                 std::to_string(progress.total_steps) + (is_resumed ? "." : " steps.")});
}

Result<void> RunStoreLogger::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    flush(trainer);
    log::info("step " + std::to_string(report.step) + "/" +
              std::to_string(trainer.progress().total_steps) + "  loss " +
              number("%.4f", report.loss) + "  norm " + number("%.3f", report.gradient_norm) +
              "  " + number("%.0f", static_cast<double>(report.num_tokens) / report.seconds) +
              " tokens/s");
    return {};
}

Result<void> RunStoreLogger::on_validation_end(Trainer& trainer, const ValidationReport& report)
{
    flush(trainer);
    return on_event(trainer, {.step = report.step,
                              .kind = "validation",
                              .text = "Validation loss " + number("%.4f", report.loss) +
                                      ", perplexity " + number("%.2f", report.perplexity) + " on " +
                                      std::to_string(report.num_targets) + " tokens (" +
                                      format_duration(report.seconds) + ")."});
}

Result<void> RunStoreLogger::on_checkpoint(Trainer&, const store::CheckpointRow& checkpoint)
{
    return store_.put_checkpoint(run_, checkpoint);
}

Result<void> RunStoreLogger::on_sample(Trainer&, const store::Sample& sample)
{
    warn_unless(store_.add_sample(run_, sample), "a sample");
    return {};
}

Result<void> RunStoreLogger::on_event(Trainer&, const store::Event& event)
{
    log::info(event.kind + ": " + event.text);
    warn_unless(store_.add_event(run_, event), "an event");
    return {};
}

Result<void> RunStoreLogger::on_pause(Trainer& trainer)
{
    flush(trainer);
    warn_unless(store_.set_status(run_, store::RunStatus::Paused), "the pause");
    const auto step = trainer.progress().step;
    return trainer.report("paused", "Paused at step " + std::to_string(step) +
                                        "; it holds its place until it is continued.");
}

Result<void> RunStoreLogger::on_continue(Trainer& trainer)
{
    if (trainer.is_stopping())
        return {};
    warn_unless(store_.set_status(run_, store::RunStatus::Running), "the end of the pause");
    const auto step = trainer.progress().step;
    return trainer.report("continued", "Goes on from step " + std::to_string(step) + ".");
}

void RunStoreLogger::on_phase(Trainer& trainer)
{
    heartbeat_.set_progress(trainer.progress());
    warn_unless(store_.record(run_, trainer.progress(), {}), "the phase");
}

void RunStoreLogger::on_fit_end(Trainer& trainer, StopReason, const Error*)
{
    flush(trainer);
}

} // namespace lyceum::train
