#include "ui/panels/run/run_state.h"

#include "core/jobs/run_figures.h"
#include "ui/models/format.h"
#include "ui/models/session.h"

#include <QCoreApplication>

namespace lyceum::ui {

using namespace Qt::StringLiterals;
using store::RunStatus;

namespace {

/// No sign of life for this long while it should be working is worth saying.
constexpr double kSilenceSeconds = 30.0;

QString tr(const char* text)
{
    return QCoreApplication::translate("run_state", text);
}

QString resumeText(const RunModel& run)
{
    const auto checkpoint = run.lastCheckpoint();
    return checkpoint ? tr("Resume from step %1").arg(format::count(checkpoint->step)) : QString();
}

MessageBar::Message failedMessage(const RunModel& run)
{
    const auto& row = run.row();
    const QString reason = QString::fromStdString(row.message);
    MessageBar::Message out{.tone = Tone::Fault, .isClosable = false};
    out.title =
        reason.isEmpty() ? tr("The run failed at step %1").arg(format::count(row.step)) : reason;
    QStringList text;
    if (!row.hint.empty())
        text << QString::fromStdString(row.hint);
    text << (run.lastCheckpoint() ? tr("Checkpoints, samples and plots are kept.")
                                  : tr("No checkpoint was saved, so it cannot be resumed; plots "
                                       "and samples are kept."));
    out.text = text.join(u' ');
    out.action = resumeText(run);
    return out;
}

MessageBar::Message lostMessage(const RunModel& run)
{
    const auto& row = run.row();
    const auto checkpoint = run.lastCheckpoint();
    MessageBar::Message out{.tone = Tone::Caution, .isClosable = false};
    out.title = checkpoint ? tr("Its engine is gone. The run can be resumed from step %1.")
                                 .arg(format::count(checkpoint->step))
                           : tr("Its engine is gone, and no checkpoint was saved.");
    out.text = tr("The engine's last step was %1, at %2. Nothing that was saved is lost.")
                   .arg(format::count(row.step), format::clockWithSeconds(row.heartbeat_at));
    out.action = resumeText(run);
    return out;
}

} // namespace

Tone toneOf(words::StateLook::Mood mood)
{
    using enum words::StateLook::Mood;
    switch (mood) {
    case Neutral:
        return Tone::Neutral;
    case Good:
        return Tone::Good;
    case Caution:
        return Tone::Caution;
    case Fault:
        return Tone::Fault;
    }
    return Tone::Neutral;
}

QString factsOf(const store::RunRow& row)
{
    QStringList parts;
    parts << QString::fromStdString(row.base_model);
    if (!row.method.empty())
        parts << words::methodWord(row.method);
    if (!row.dataset.empty())
        parts << tr("on %1").arg(QString::fromStdString(row.dataset));
    QString facts = parts.join(u", "_s);
    if (row.ended_at > row.started_at && row.started_at > 0)
        facts += u" · "_s +
                 tr("%1 steps in %2")
                     .arg(format::count(row.step), format::duration(jobs::elapsed_seconds(row)));
    else if (row.total_steps > 0)
        facts += u" · "_s + tr("%1 steps").arg(format::count(row.total_steps));
    return facts;
}

RunButtons buttonsOf(const RunModel& run)
{
    RunButtons out;
    if (!run.isValid())
        return out;
    const auto& row = run.row();
    const auto best = run.bestCheckpoint();
    const auto last = run.lastCheckpoint();
    const auto keep = best ? best : last;
    out.isPaused = row.status == RunStatus::Paused;
    out.isAtWork = row.status == RunStatus::Starting || row.status == RunStatus::Running ||
                   row.status == RunStatus::Stopping || out.isPaused;
    out.isBroken = row.status == RunStatus::Failed || row.status == RunStatus::Lost;
    out.canTry = last.has_value();
    out.canExport = keep.has_value() && !out.isAtWork;
    out.canResume = last.has_value() && canResume(row.status);
    out.resumeText = resumeText(run);
    if (keep) {
        out.tryText = out.isAtWork ? tr("Try the latest checkpoint")
                                   : tr("Try step %1").arg(format::count(keep->step));
        out.exportText = tr("Export step %1").arg(format::count(keep->step));
    }
    using enum RunButtons::Primary;
    if (out.canResume)
        out.primary = Resume;
    else if (out.canExport && !out.isBroken)
        out.primary = Export;
    else if (out.canTry && out.isAtWork && !out.isPaused) // the message has "Continue"
        out.primary = Try;
    return out;
}

std::optional<MessageBar::Message> stateMessage(const RunModel& run, const QDateTime& now)
{
    if (!run.isValid())
        return {};
    const auto& row = run.row();
    if (row.status == RunStatus::Failed)
        return failedMessage(run);
    if (row.status == RunStatus::Lost)
        return lostMessage(run);
    if (row.status == RunStatus::Stopping)
        return MessageBar::Message{
            .tone = Tone::Info,
            .title = tr("Stopping after step %1").arg(format::count(row.step)),
            .text = tr("A checkpoint is saved first, so the run can be resumed."),
            .isClosable = false};
    if (row.status == RunStatus::Paused)
        return MessageBar::Message{
            .tone = Tone::Info,
            .title = tr("Paused at step %1 since %2")
                         .arg(format::count(row.step), format::clockWithSeconds(row.paused_at)),
            .text = tr("The engine holds its place in memory. It still saves, evaluates and stops "
                       "when asked."),
            .action = tr("Continue"),
            .isClosable = false};
    const double silent = static_cast<double>(now.toSecsSinceEpoch()) - row.heartbeat_at;
    const bool isQuietPhase =
        row.phase == store::Phase::Loading || row.phase == store::Phase::Saving;
    if (row.status == RunStatus::Running && row.heartbeat_at > 0 && silent > kSilenceSeconds &&
        !isQuietPhase)
        return MessageBar::Message{
            .tone = Tone::Caution,
            .title =
                tr("Waiting for news since %1").arg(format::clockWithSeconds(row.heartbeat_at)),
            .text = tr("The engine's last step was %1. Its process is still there.")
                        .arg(format::count(row.step)),
            .isClosable = false};
    return {};
}

QString pendingText(const store::Command& command, const store::RunRow& row)
{
    const QString at = format::clockWithSeconds(command.asked_at);
    const QString step = format::count(row.step + 1);
    switch (command.kind) {
    case store::CommandKind::CheckpointNow:
        return tr("Checkpoint asked %1, waiting for step %2").arg(at, step);
    case store::CommandKind::EvaluateNow:
        return tr("Evaluation asked %1, waiting for step %2").arg(at, step);
    case store::CommandKind::Stop:
        return tr("Stop asked %1, waiting for step %2").arg(at, step);
    case store::CommandKind::Pause:
        return tr("Pause asked %1, waiting for step %2").arg(at, step);
    case store::CommandKind::Continue:
        return tr("Continuing, asked %1").arg(at);
    case store::CommandKind::SetLearningRate:
        return tr("New learning rate asked %1, waiting for step %2").arg(at, step);
    case store::CommandKind::SetMaxSteps:
        return tr("New last step asked %1, waiting for step %2").arg(at, step);
    }
    return {};
}

} // namespace lyceum::ui
