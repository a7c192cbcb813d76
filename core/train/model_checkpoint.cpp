#include "core/train/model_checkpoint.h"

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/models/model_package.h"
#include "core/train/early_stopping.h"
#include "core/train/phase_scope.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>

namespace lyceum::train {

namespace {

constexpr double kDiskRetrySeconds = 1.0;

std::string loss_text(double loss)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", loss);
    return text;
}

std::string price_of_stopping(const Trainer& trainer)
{
    const auto saved = trainer.saved_step();
    return saved ? "A stop now gives up the steps since checkpoint " + std::to_string(*saved) + "."
                 : "A stop now gives up every step so far.";
}

} // namespace

ModelCheckpoint::ModelCheckpoint(const config::CheckpointConfig& options, Save save)
    : options_(options)
    , policy_{.save_top_k = options.save_top_k,
              .save_last = options.save_last,
              .lower_is_better = options.mode == config::MonitorMode::Min}
    , save_(save ? std::move(save) : Save(checkpoint::save_checkpoint))
{
}

Result<void> ModelCheckpoint::on_fit_start(Trainer& trainer)
{
    saved_at_ = std::chrono::steady_clock::now();
    if (!trainer.is_global_zero())
        return {};
    LYCEUM_ASSIGN(const int removed, checkpoint::remove_leftovers(trainer.run_folder()));
    if (removed > 0)
        log::warning("removed " + std::to_string(removed) +
                     " half-written checkpoint folder(s) of an earlier attempt");
    kept_ = checkpoint::list_checkpoints(trainer.run_folder(), options_.monitor);
    for (auto& one : kept_)
        one.is_pinned = is_pinned(one.step);
    return {};
}

bool ModelCheckpoint::is_pinned(std::int64_t step) const
{
    return options_.log_spaced && std::has_single_bit(static_cast<std::uint64_t>(step));
}

bool ModelCheckpoint::is_due(std::int64_t step) const
{
    if (step <= 0)
        return false;
    return (options_.every_n_steps > 0 && step % options_.every_n_steps == 0) || is_pinned(step);
}

std::optional<double> ModelCheckpoint::monitored(const Trainer& trainer) const
{
    const auto value = trainer.current(options_.monitor);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

bool ModelCheckpoint::is_among_best(double value) const
{
    if (policy_.save_top_k < 0)
        return true;
    const auto better = std::count_if(kept_.begin(), kept_.end(), [&](const auto& one) {
        return one.monitored &&
               (policy_.lower_is_better ? *one.monitored <= value : *one.monitored >= value);
    });
    return better < policy_.save_top_k;
}

Result<void> ModelCheckpoint::on_validation_end(Trainer& trainer, const ValidationReport& report)
{
    LYCEUM_TRY(check_monitor(trainer, report, "checkpoint.monitor", options_.monitor));
    const auto value = monitored(trainer);
    // At step 0 there is nothing yet that the base model is not.
    if (report.step == 0 || !options_.save_on_validation || !value || !is_among_best(*value))
        return {};
    return write(trainer, SaveReason::Schedule);
}

Result<void> ModelCheckpoint::on_step_finished(Trainer& trainer)
{
    const auto step = trainer.progress().step;
    if (!is_due(step) || trainer.saved_step() == step)
        return {};
    return write(trainer, SaveReason::Schedule);
}

Result<void> ModelCheckpoint::on_poll(Trainer& trainer)
{
    const auto step = trainer.progress().step;
    const bool has_news = step > 0 && trainer.saved_step() != step;
    const std::chrono::duration<double, std::ratio<60>> minutes =
        std::chrono::steady_clock::now() - saved_at_;
    // Rank 0's clock decides for all.
    if (has_news && options_.every_n_minutes > 0 && minutes.count() >= options_.every_n_minutes)
        trainer.request_checkpoint(SaveReason::Schedule);
    return {};
}

Result<void> ModelCheckpoint::on_save(Trainer& trainer, SaveReason reason)
{
    return write(trainer, reason);
}

Result<void> ModelCheckpoint::write(Trainer& trainer, SaveReason reason)
{
    const Trainer::PhaseScope phase(trainer, store::Phase::Saving);
    LYCEUM_ASSIGN(auto snapshot, trainer.snapshot());
    if (!trainer.is_global_zero())
        return {};
    LYCEUM_ASSIGN(const bool may_save,
                  trainer.may_save(reason, checkpoint::required_disk_bytes(snapshot)));
    saved_at_ = std::chrono::steady_clock::now();
    if (!may_save)
        return {};
    const auto value = monitored(trainer);
    if (value)
        snapshot.trainer.callbacks[checkpoint::kMonitorKey] = {{options_.monitor, *value}};
    LYCEUM_ASSIGN(const auto saved, write_when_there_is_space(trainer, snapshot));

    const auto step = snapshot.manifest.step;
    std::erase_if(kept_, [&](const auto& one) { return one.step == step; });
    const auto& manifest = snapshot.manifest;
    kept_.push_back({step, value, is_pinned(step), manifest.val_loss});
    LYCEUM_TRY(write_index(trainer));
    LYCEUM_TRY(report(trainer, saved, reason));
    return retire(trainer);
}

Result<void> ModelCheckpoint::report(Trainer& trainer, const checkpoint::SavedCheckpoint& saved,
                                     SaveReason reason)
{
    const auto kept = kept_.back();
    const bool is_best = checkpoint::best_of(kept_, policy_) == kept;
    LYCEUM_TRY(trainer.report_checkpoint({.step = kept.step,
                                          .folder = saved.folder,
                                          .val_loss = kept.val_loss,
                                          .size_bytes = saved.size_bytes,
                                          .is_best = is_best,
                                          .is_last = true,
                                          .is_kept = true,
                                          .reason = std::string(to_string(reason))}));
    LYCEUM_TRY(trainer.report("checkpoint", "Saved checkpoint " + std::to_string(kept.step) + " (" +
                                                format_bytes(saved.size_bytes) + ")."));
    if (!is_best)
        return {};
    const auto figure = options_.monitor == "val_loss" ? "validation loss" : options_.monitor;
    return trainer.report("best", "Checkpoint " + std::to_string(kept.step) +
                                      " is the best so far: " + figure + " " +
                                      loss_text(kept.monitored.value_or(0)) + ".");
}

Result<checkpoint::SavedCheckpoint>
ModelCheckpoint::write_when_there_is_space(Trainer& trainer,
                                           const checkpoint::Checkpoint& checkpoint)
{
    bool told = false;
    while (true) {
        auto saved = save_(trainer.run_folder(), checkpoint);
        if (saved || saved.error().code != ErrorCode::DiskFull)
            return saved;
        if (told && trainer.is_stopping())
            return saved;
        if (!told) {
            told = true;
            LYCEUM_TRY(trainer.report("fault", saved.error().message +
                                                   " Training is paused until there is space; "
                                                   "nothing is lost. " +
                                                   price_of_stopping(trainer)));
        }
        LYCEUM_TRY(trainer.wait(kDiskRetrySeconds));
    }
}

Result<void> ModelCheckpoint::retire(Trainer& trainer)
{
    for (const auto& gone : checkpoint::superfluous(kept_, policy_)) {
        LYCEUM_TRY(checkpoint::remove_checkpoint(trainer.run_folder(), gone.step));
        std::erase(kept_, gone);
        LYCEUM_TRY(trainer.report_checkpoint(
            {.step = gone.step,
             .folder = checkpoint::checkpoint_folder(trainer.run_folder(), gone.step),
             .val_loss = gone.val_loss,
             .is_kept = false,
             .reason = "schedule"}));
    }
    return {};
}

Result<void> ModelCheckpoint::write_index(Trainer& trainer)
{
    const auto folder_name = [&](std::int64_t step) {
        return checkpoint::checkpoint_folder(trainer.run_folder(), step).filename().string();
    };
    models::CheckpointIndex index;
    if (const auto best = checkpoint::best_of(kept_, policy_))
        index.best = folder_name(best->step);
    index.last = folder_name(kept_.back().step);
    return models::write_checkpoint_index(trainer.run_folder(), index);
}

} // namespace lyceum::train
