#include "core/train/command_listener.h"

#include "core/base/log.h"
#include "core/train/trainer.h"

#include <cstdio>

namespace lyceum::train {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

} // namespace

CommandListener::CommandListener(store::RunStore& store, store::RunId run)
    : store_(store), run_(run)
{
}

Result<void> CommandListener::on_poll(Trainer& trainer)
{
    const auto now = std::chrono::steady_clock::now();
    if (!trainer.is_global_zero() || now - last_look_ < kInterval)
        return {};
    last_look_ = now;
    auto commands = store_.take_commands(run_);
    if (!commands) {
        log::warning("could not read commands: " + commands.error().message);
        return {};
    }
    for (const auto& command : commands.value())
        LYCEUM_TRY(obey(trainer, command));
    return {};
}

Result<void> CommandListener::obey(Trainer& trainer, const store::Command& command)
{
    using enum store::CommandKind;
    open_.push_back(command);
    switch (command.kind) {
    case Stop:
        trainer.request_stop(StopReason::Asked);
        if (const auto marked = store_.set_status(run_, store::RunStatus::Stopping); !marked)
            log::warning(marked.error().message);
        return report(trainer, command, "to stop and save.");
    case CheckpointNow:
        trainer.request_checkpoint();
        return report(trainer, command, "for a checkpoint.");
    case EvaluateNow:
        if (!trainer.has_validation()) {
            answer(command.kind, "This run has no validation data.");
            return {};
        }
        trainer.request_validation();
        return report(trainer, command, "for an evaluation.");
    case Pause:
        if (trainer.is_holding())
            answer(command.kind, "It is paused already.");
        trainer.request_pause(true);
        return report(trainer, command, "to pause.");
    case Continue:
        return go_on(trainer, command);
    case SetLearningRate:
        return set_learning_rate(trainer, command);
    case SetMaxSteps:
        return set_max_steps(trainer, command);
    }
    return {};
}

Result<void> CommandListener::go_on(Trainer& trainer, const store::Command& command)
{
    if (!trainer.is_pause_wanted()) {
        answer(command.kind, "It is not paused.");
        return {};
    }
    trainer.request_pause(false);
    if (!trainer.is_holding()) {
        answer(store::CommandKind::Pause, "Told to continue before it had paused.");
        answer(command.kind, "It goes on without a pause.");
    }
    return report(trainer, command, "to continue.");
}

Result<void> CommandListener::set_learning_rate(Trainer& trainer, const store::Command& command)
{
    const double rate = command.argument.value_or(0);
    if (!(rate > 0) || rate > 1) {
        answer(command.kind, "No learning rate: it must be above 0 and at most 1.");
        return {};
    }
    const double before = trainer.peak_learning_rate();
    const double next = trainer.next_learning_rate() * (rate / before);
    const auto change = "the learning rate from " + number(before) + " to " + number(rate) +
                        "; with the schedule the next step takes " + number(next) + ".";
    open_.back().result = "Changed " + change;
    trainer.request_learning_rate(rate);
    trainer.request_checkpoint(); // so that no crash forgets it
    return report(trainer, command, "to change " + change);
}

Result<void> CommandListener::set_max_steps(Trainer& trainer, const store::Command& command)
{
    const auto steps = static_cast<std::int64_t>(command.argument.value_or(0));
    const auto& progress = trainer.progress();
    if (steps <= progress.step) {
        answer(command.kind, "The run is at step " + std::to_string(progress.step) +
                                 " already: choose a later last step, or stop it.");
        return {};
    }
    const auto change = "the last step from " + std::to_string(progress.total_steps) + " to " +
                        std::to_string(steps) + "; the schedule ends there too.";
    open_.back().result = "Changed " + change;
    trainer.request_max_steps(steps);
    trainer.request_checkpoint();
    return report(trainer, command, "to change " + change);
}

Result<void> CommandListener::report(Trainer& trainer, const store::Command& command,
                                     const std::string& what)
{
    return trainer.report("command",
                          (command.author.empty() ? "Asked " : command.author + " asked ") + what);
}

void CommandListener::answer(store::CommandKind kind, const std::string& result)
{
    std::erase_if(open_, [&](const store::Command& command) {
        if (command.kind != kind)
            return false;
        const auto& text = result.empty() ? command.result : result;
        if (const auto done = store_.finish_command(command.id, text); !done)
            log::warning("could not answer a command: " + done.error().message);
        return true;
    });
}

Result<void> CommandListener::on_checkpoint(Trainer&, const store::CheckpointRow& checkpoint)
{
    if (!checkpoint.is_kept)
        return {};
    answer(store::CommandKind::CheckpointNow,
           "Saved checkpoint " + std::to_string(checkpoint.step) + ".");
    answer(store::CommandKind::SetLearningRate, "");
    answer(store::CommandKind::SetMaxSteps, "");
    return {};
}

Result<void> CommandListener::on_pause(Trainer& trainer)
{
    answer(store::CommandKind::Pause,
           "Paused at step " + std::to_string(trainer.progress().step) + ".");
    return {};
}

Result<void> CommandListener::on_continue(Trainer& trainer)
{
    answer(store::CommandKind::Continue,
           "Goes on from step " + std::to_string(trainer.progress().step) + ".");
    return {};
}

Result<void> CommandListener::on_validation_end(Trainer&, const ValidationReport& report)
{
    char text[64];
    std::snprintf(text, sizeof text, "Validation loss %.4f.", report.loss);
    answer(store::CommandKind::EvaluateNow, text);
    return {};
}

void CommandListener::on_fit_end(Trainer& trainer, StopReason, const Error* error)
{
    const auto at = " at step " + std::to_string(trainer.progress().step) + ".";
    const auto end = error != nullptr ? "The run failed" + at : "The run ended" + at;
    answer(store::CommandKind::Stop, error != nullptr ? end : "Stopped and saved" + at);
    using enum store::CommandKind;
    for (const auto kind :
         {CheckpointNow, EvaluateNow, Pause, Continue, SetLearningRate, SetMaxSteps})
        answer(kind, end);
}

} // namespace lyceum::train
