#include "ui/models/run_words.h"

#include <QCoreApplication>

namespace lyceum::ui::words {

using namespace Qt::StringLiterals;
using store::Phase;
using store::RunStatus;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("run_words", text);
}

} // namespace

QString phaseWord(const store::RunRow& run)
{
    if (run.status == RunStatus::Queued)
        return tr("Waiting to start");
    if (run.status == RunStatus::Stopping)
        return tr("Stopping and saving");
    if (run.status == RunStatus::Paused)
        return tr("Paused");
    switch (run.phase) {
    case Phase::Idle:
    case Phase::Loading:
        return tr("Reading model and data");
    case Phase::Training:
        return tr("Training");
    case Phase::Validating:
        return tr("Validating");
    case Phase::Sampling:
        return tr("Writing sample answers");
    case Phase::Saving:
        return tr("Saving");
    }
    return {};
}

StateLook stateLook(const store::RunRow& run)
{
    using enum StateLook::Mood;
    switch (run.status) {
    case RunStatus::Queued:
        return {.word = tr("Queued"), .iconName = u"clock"_s, .mood = Neutral};
    case RunStatus::Starting:
        return {.word = tr("Starting"), .iconName = u"clock"_s, .mood = Good};
    case RunStatus::Running:
        return {.word = phaseWord(run), .iconName = u"media-playback-start"_s, .mood = Good};
    case RunStatus::Paused:
        return {.word = tr("Paused"), .iconName = u"media-playback-pause"_s, .mood = Caution};
    case RunStatus::Stopping:
        return {.word = tr("Stopping"), .iconName = u"media-playback-stop"_s, .mood = Caution};
    case RunStatus::Finished:
        return {.word = tr("Finished"), .iconName = u"dialog-ok-apply"_s, .mood = Good};
    case RunStatus::Stopped:
        return {.word = tr("Stopped"), .iconName = u"media-playback-stop"_s, .mood = Neutral};
    case RunStatus::Failed:
        return {.word = tr("Failed"), .iconName = u"data-error"_s, .mood = Fault};
    case RunStatus::Lost:
        return {.word = tr("Engine lost"), .iconName = u"data-warning"_s, .mood = Caution};
    }
    return {};
}

QString methodWord(const std::string& method)
{
    if (method == "lora")
        return tr("adapters (LoRA)");
    if (method == "qlora")
        return tr("adapters on 4 bits (QLoRA)");
    if (method == "full")
        return tr("all weights");
    return QString::fromStdString(method);
}

} // namespace lyceum::ui::words
