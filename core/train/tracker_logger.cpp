#include "core/train/tracker_logger.h"

#include "core/base/log.h"
#include "core/config/run_config.h"
#include "core/config/trackers.h"
#include "core/trackers/make_trackers.h"
#include "core/trackers/numbers.h"
#include "core/train/gradient_histograms.h"
#include "core/train/trainer.h"

#include <chrono>

namespace lyceum::train {

namespace {

constexpr const char* kEventKind = "tracker";
/// What a server may delay the end of a run; less when somebody wants the machine back.
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kPatienceAfterSignal{3};

} // namespace

Result<void> TrackerLogger::on_fit_start(Trainer& trainer)
{
    if (config_.trackers.empty() || !trainer.is_global_zero())
        return {};
    dispatcher_ = std::make_unique<trackers::Dispatcher>(trackers::make_trackers(config_.trackers),
                                                         trainer.run_folder() / "trackers");
    for (const auto& tracker : config_.trackers)
        if (tracker.name == "tensorboard")
            histograms_every_n_steps_ =
                std::stoll(config::tracker_option(tracker, "histograms_every_n_steps"));
    const auto step = trainer.progress().step;
    dispatcher_->start({.run = config_.name,
                        .folder = {},
                        .step = step,
                        .is_resumed = step > 0,
                        .time = trackers::now_seconds()});
    dispatcher_->log(trackers::hyperparams_of(config_));
    return log_pending(trainer);
}

Result<void> TrackerLogger::on_before_optimizer_step(Trainer& trainer, const StepReport& report)
{
    if (dispatcher_ == nullptr || histograms_every_n_steps_ == 0 ||
        report.step % histograms_every_n_steps_ != 0)
        return {};
    auto histograms = gradient_histograms(trainer.module(), report.step);
    if (!histograms) {
        histograms_every_n_steps_ = 0;
        return trainer.report(kEventKind, "No more histograms: " + histograms.error().message);
    }
    for (auto& histogram : histograms.value())
        dispatcher_->log(std::move(histogram));
    return {};
}

Result<void> TrackerLogger::log_pending(Trainer& trainer)
{
    if (dispatcher_ == nullptr)
        return {};
    trackers::MetricsRecord record{.time = trackers::now_seconds()};
    for (const auto& metric : trainer.pending_metrics()) {
        if (!record.values.empty() && metric.step != record.step) {
            dispatcher_->log(record);
            record.values.clear();
        }
        record.step = metric.step;
        record.values.emplace_back(metric.name, metric.value);
    }
    if (!record.values.empty())
        dispatcher_->log(std::move(record));
    return tell_news(trainer);
}

Result<void> TrackerLogger::tell_news(Trainer& trainer)
{
    for (auto& sentence : dispatcher_->take_news())
        LYCEUM_TRY(trainer.report(kEventKind, std::move(sentence)));
    return {};
}

Result<void> TrackerLogger::on_train_step_end(Trainer& trainer, const StepReport&)
{
    return log_pending(trainer);
}

Result<void> TrackerLogger::on_validation_end(Trainer& trainer, const ValidationReport&)
{
    return log_pending(trainer);
}

Result<void> TrackerLogger::on_sample(Trainer&, const store::Sample& sample)
{
    if (dispatcher_ != nullptr)
        dispatcher_->log(trackers::TextRecord{.kind = trackers::TextRecord::Kind::Sample,
                                              .step = sample.step,
                                              .time = trackers::now_seconds(),
                                              .title = sample.prompt,
                                              .text = sample.text});
    return {};
}

Result<void> TrackerLogger::on_event(Trainer&, const store::Event& event)
{
    if (dispatcher_ != nullptr && event.kind != kEventKind)
        dispatcher_->log(trackers::TextRecord{.kind = trackers::TextRecord::Kind::Event,
                                              .step = event.step,
                                              .time = trackers::now_seconds(),
                                              .title = event.kind,
                                              .text = event.text});
    return {};
}

void TrackerLogger::on_fit_end(Trainer& trainer, StopReason stop, const Error* error)
{
    if (dispatcher_ == nullptr)
        return;
    auto told = log_pending(trainer);
    const bool was_stopped = stop == StopReason::Asked || stop == StopReason::Signal;
    const auto end = error != nullptr ? trackers::RunEnd::Failed
                     : was_stopped    ? trackers::RunEnd::Stopped
                                      : trackers::RunEnd::Finished;
    dispatcher_->finish(end, stop == StopReason::Signal ? kPatienceAfterSignal : kPatience);
    if (told)
        told = tell_news(trainer);
    if (!told)
        log::warning(told.error().message);
}

} // namespace lyceum::train
