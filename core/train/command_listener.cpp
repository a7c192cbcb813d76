#include "core/train/command_listener.h"

#include "core/base/log.h"
#include "core/train/trainer.h"

#include <cstdio>

namespace lyceum::train {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);

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
    open_.push_back(command);
    switch (command.kind) {
    case store::CommandKind::Stop:
        trainer.request_stop(StopReason::Asked);
        if (const auto marked = store_.set_status(run_, store::RunStatus::Stopping); !marked)
            log::warning(marked.error().message);
        return trainer.report("command", "Asked to stop and save.");
    case store::CommandKind::CheckpointNow:
        trainer.request_checkpoint();
        return trainer.report("command", "Asked for a checkpoint.");
    case store::CommandKind::EvaluateNow:
        if (!trainer.has_validation()) {
            answer(command.kind, "This run has no validation data.");
            return {};
        }
        trainer.request_validation();
        return trainer.report("command", "Asked for an evaluation.");
    }
    return {};
}

void CommandListener::answer(store::CommandKind kind, const std::string& result)
{
    std::erase_if(open_, [&](const store::Command& command) {
        if (command.kind != kind)
            return false;
        if (const auto done = store_.finish_command(command.id, result); !done)
            log::warning("could not answer a command: " + done.error().message);
        return true;
    });
}

Result<void> CommandListener::on_checkpoint(Trainer&, const store::CheckpointRow& checkpoint)
{
    if (checkpoint.is_kept)
        answer(store::CommandKind::CheckpointNow,
               "Saved checkpoint " + std::to_string(checkpoint.step) + ".");
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
    answer(store::CommandKind::CheckpointNow, end);
    answer(store::CommandKind::EvaluateNow, end);
}

} // namespace lyceum::train
