#include "ui/shell/run_actions.h"

#include "ui/shell/navigator.h"
#include "ui/theme/icons.h"

#include <QAction>
#include <QDesktopServices>
#include <QUrl>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QAction* makeAction(QObject* parent, const QString& text, const QString& iconName,
                    const QKeySequence& shortcut = {})
{
    auto* action = new QAction(themeIcon(iconName), text, parent);
    action->setShortcut(shortcut);
    return action;
}

} // namespace

RunActions::RunActions(Session& session, Navigator& navigator, QObject* parent)
    : QObject(parent)
    , session_(session)
    , navigator_(navigator)
    , checkpointNow_(makeAction(this, tr("&Checkpoint now"), u"document-save"_s,
                                QKeySequence(Qt::CTRL | Qt::Key_S)))
    , evaluateNow_(makeAction(this, tr("&Evaluate now"), u"office-chart-line"_s,
                              QKeySequence(Qt::CTRL | Qt::Key_E)))
    , pauseOrContinue_(makeAction(this, tr("&Pause"), u"media-playback-pause"_s,
                                  QKeySequence(Qt::CTRL | Qt::Key_P)))
    , changeLearningRate_(makeAction(this, tr("Change the &learning rate..."), u"configure"_s,
                                     QKeySequence(Qt::CTRL | Qt::Key_L)))
    , changeLastStep_(makeAction(this, tr("Change the l&ast step..."), u"configure"_s,
                                 QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)))
    , stopAndSave_(makeAction(this, tr("&Stop and save"), u"media-playback-stop"_s,
                              QKeySequence(Qt::CTRL | Qt::Key_Period)))
    , resume_(makeAction(this, tr("&Resume"), u"media-playback-start"_s,
                         QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R)))
    , tryModel_(makeAction(this, tr("&Try the best checkpoint"), u"dialog-messages"_s,
                           QKeySequence(Qt::CTRL | Qt::Key_T)))
    , exportModel_(makeAction(this, tr("E&xport"), u"document-export"_s,
                              QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)))
    , openFolder_(makeAction(this, tr("Open the run's &folder"), u"folder-open-symbolic"_s))
{
    connectAsking();
    connect(resume_, &QAction::triggered, this, [this] { resumeFrom({}); });
    const auto openModel = [this](PlaceId place) {
        if (const auto* row = run())
            navigator_.go({.place = place, .item = QString::fromStdString(row->name)});
    };
    connect(tryModel_, &QAction::triggered, this, [openModel] { openModel(PlaceId::TryIt); });
    connect(exportModel_, &QAction::triggered, this, [openModel] { openModel(PlaceId::Export); });
    connect(openFolder_, &QAction::triggered, this, [this] {
        if (const auto* row = run())
            QDesktopServices::openUrl(
                QUrl::fromLocalFile(QString::fromStdString(row->folder.string())));
    });
    connect(&session_, &Session::runsChanged, this, &RunActions::refresh);
    connect(&session_, &Session::runChanged, this, [this](store::RunId id) {
        if (const auto* row = run(); row && row->id == id)
            refresh();
    });
    refresh();
}

void RunActions::connectAsking()
{
    using enum store::CommandKind;
    connect(checkpointNow_, &QAction::triggered, this, [this] { ask(CheckpointNow); });
    connect(evaluateNow_, &QAction::triggered, this, [this] { ask(EvaluateNow); });
    connect(stopAndSave_, &QAction::triggered, this, [this] { ask(Stop); });
    connect(pauseOrContinue_, &QAction::triggered, this, [this] {
        const auto* row = run();
        ask(row && row->status == store::RunStatus::Paused ? Continue : Pause);
    });
    connect(changeLearningRate_, &QAction::triggered, this, [this] { wantValue(SetLearningRate); });
    connect(changeLastStep_, &QAction::triggered, this, [this] { wantValue(SetMaxSteps); });
}

void RunActions::wantValue(store::CommandKind kind)
{
    const auto* row = run();
    if (!row)
        return;
    const store::RunId id = row->id;
    if (!openRun_)
        navigator_.go({.place = PlaceId::Run, .item = QString::fromStdString(row->name)});
    emit valueWanted(id, kind);
}

void RunActions::setOpenRun(std::optional<store::RunId> id)
{
    openRun_ = id;
    refresh();
}

const store::RunRow* RunActions::run() const
{
    return openRun_ ? session_.find(*openRun_) : session_.activeRun();
}

bool RunActions::hasCheckpoint(const store::RunRow& row)
{
    const auto checkpoints = session_.store().checkpoints(row.id);
    return checkpoints && std::ranges::any_of(checkpoints.value(), &store::CheckpointRow::is_kept);
}

void RunActions::refresh()
{
    const auto* row = run();
    const bool isPaused = row && row->status == store::RunStatus::Paused;
    const bool isAtWork = isPaused || (row && (row->status == store::RunStatus::Running ||
                                               row->status == store::RunStatus::Starting));
    const bool isSaved = row && hasCheckpoint(*row);
    checkpointNow_->setEnabled(isAtWork);
    evaluateNow_->setEnabled(isAtWork);
    for (QAction* action : {pauseOrContinue_, changeLearningRate_, changeLastStep_})
        action->setEnabled(isAtWork);
    pauseOrContinue_->setText(isPaused ? tr("&Continue") : tr("&Pause"));
    pauseOrContinue_->setIcon(
        themeIcon(isPaused ? u"media-playback-start"_s : u"media-playback-pause"_s));
    stopAndSave_->setEnabled(isAtWork);
    resume_->setEnabled(row && isSaved && canResume(row->status));
    tryModel_->setEnabled(isSaved);
    exportModel_->setEnabled(isSaved);
    openFolder_->setEnabled(row != nullptr);
}

void RunActions::ask(store::CommandKind kind, std::optional<double> argument)
{
    const auto* row = run();
    if (!row)
        return;
    const store::RunId id = row->id;
    const auto command = session_.jobs().ask(row->name, kind, argument);
    if (!command) {
        emit failed(id, QString::fromStdString(command.error().message),
                    QString::fromStdString(command.error().hint));
        return;
    }
    emit asked(id, command.value(), kind);
}

void RunActions::resumeFrom(std::optional<std::int64_t> step)
{
    const auto* row = run();
    if (!row)
        return;
    const store::RunId id = row->id;
    const auto result = session_.jobs().resume(row->name, step);
    session_.refresh();
    if (!result) {
        emit failed(id, QString::fromStdString(result.error().message),
                    QString::fromStdString(result.error().hint));
        return;
    }
    emit resumed(id);
}

} // namespace lyceum::ui
