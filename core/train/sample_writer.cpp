#include "core/train/sample_writer.h"

#include "core/train/phase_scope.h"

namespace lyceum::train {

SampleWriter::SampleWriter(const config::SamplesConfig& options) : options_(options) {}

Result<void> SampleWriter::on_step_finished(Trainer& trainer)
{
    const auto& progress = trainer.progress();
    const bool is_due =
        progress.step % options_.every_n_steps == 0 || progress.step == progress.total_steps;
    if (!is_due || options_.prompts.empty())
        return {};
    const Trainer::PhaseScope phase(trainer, store::Phase::Sampling);
    for (const auto& prompt : options_.prompts) {
        const auto text = trainer.answer(prompt, {});
        if (!text && text.error().code == ErrorCode::Cancelled)
            return {};
        if (!text) {
            LYCEUM_TRY(trainer.report("warning",
                                      "No sample for \"" + prompt + "\": " + text.error().message));
            continue;
        }
        LYCEUM_TRY(trainer.report_sample(prompt, text.value()));
    }
    return {};
}

} // namespace lyceum::train
