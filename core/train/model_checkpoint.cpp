#include "core/train/model_checkpoint.h"

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/models/model_package.h"
#include "core/train/phase_scope.h"

#include <algorithm>
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
    if (!trainer.is_global_zero())
        return {};
    LYCEUM_ASSIGN(const int removed, checkpoint::remove_leftovers(trainer.run_folder()));
    if (removed > 0)
        log::warning("removed " + std::to_string(removed) +
                     " half-written checkpoint folder(s) of an earlier attempt");
    kept_ = checkpoint::list_checkpoints(trainer.run_folder());
    return {};
}

bool ModelCheckpoint::is_among_best(double val_loss) const
{
    if (policy_.save_top_k < 0)
        return true;
    const auto better = std::count_if(kept_.begin(), kept_.end(), [&](const auto& one) {
        return one.monitored &&
               (policy_.lower_is_better ? *one.monitored <= val_loss : *one.monitored >= val_loss);
    });
    return better < policy_.save_top_k;
}

Result<void> ModelCheckpoint::on_validation_end(Trainer& trainer, const ValidationReport& report)
{
    // At step 0 there is nothing yet that the base model is not.
    if (report.step == 0 || !is_among_best(report.loss))
        return {};
    return write(trainer, SaveReason::Schedule);
}

Result<void> ModelCheckpoint::on_step_finished(Trainer& trainer)
{
    const auto step = trainer.progress().step;
    const bool is_due =
        step > 0 && options_.every_n_steps > 0 && step % options_.every_n_steps == 0;
    if (!is_due || trainer.saved_step() == step)
        return {};
    return write(trainer, SaveReason::Schedule);
}

Result<void> ModelCheckpoint::on_save(Trainer& trainer, SaveReason reason)
{
    return write(trainer, reason);
}

Result<void> ModelCheckpoint::write(Trainer& trainer, SaveReason reason)
{
    const Trainer::PhaseScope phase(trainer, store::Phase::Saving);
    LYCEUM_ASSIGN(const auto snapshot, trainer.snapshot());
    if (!trainer.is_global_zero())
        return {};
    LYCEUM_ASSIGN(const auto saved, write_when_there_is_space(trainer, snapshot));

    const checkpoint::KeptCheckpoint kept{snapshot.manifest.step, snapshot.manifest.val_loss};
    std::erase_if(kept_, [&](const auto& one) { return one.step == kept.step; });
    kept_.push_back(kept);
    const bool is_best = checkpoint::best_of(kept_, policy_) == kept;
    LYCEUM_TRY(write_index(trainer));
    LYCEUM_TRY(trainer.report_checkpoint({.step = kept.step,
                                          .folder = saved.folder,
                                          .val_loss = kept.monitored,
                                          .size_bytes = saved.size_bytes,
                                          .is_best = is_best,
                                          .is_last = true,
                                          .is_kept = true,
                                          .reason = std::string(to_string(reason))}));
    LYCEUM_TRY(trainer.report("checkpoint", "Saved checkpoint " + std::to_string(kept.step) + " (" +
                                                format_bytes(saved.size_bytes) + ")."));
    if (is_best)
        LYCEUM_TRY(trainer.report("best", "Checkpoint " + std::to_string(kept.step) +
                                              " is the best so far: validation loss " +
                                              loss_text(kept.monitored.value_or(0)) + "."));
    return retire(trainer);
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
             .val_loss = gone.monitored,
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
