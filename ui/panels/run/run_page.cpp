#include "ui/panels/run/run_page.h"

#include "ui/models/format.h"
#include "ui/models/run_words.h"
#include "ui/panels/run/change_popover.h"
#include "ui/panels/run/checkpoints_tab.h"
#include "ui/panels/run/live_tab.h"
#include "ui/panels/run/log_tab.h"
#include "ui/panels/run/run_plots.h"
#include "ui/panels/run/run_state.h"
#include "ui/panels/run/setup_tab.h"
#include "ui/shell/run_actions.h"
#include "ui/widgets/button.h"
#include "ui/widgets/page_header.h"

#include <QAction>
#include <QDir>
#include <QMenu>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kTickMs = 1000;
constexpr std::array kTabKeys{"live", "checkpoints", "setup", "log"};

} // namespace

RunPage::RunPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , model_(context.session)
    , header_(new PageHeader({}))
    , tabs_(new QTabBar)
    , pages_(new QStackedWidget)
    , stateBar_(new MessageBar)
    , answerBar_(new MessageBar)
    , live_(new LiveTab(model_, context.settings))
    , checkpoints_(new CheckpointsTab(model_))
    , setup_(new SetupTab(model_, context.session.workspace()))
    , log_(new LogTab(context.session, model_))
    , checkpointNow_(new Button(tr("Checkpoint now"), u"document-save"_s))
    , evaluateNow_(new Button(tr("Evaluate now"), u"office-chart-line"_s))
    , pause_(new Button(tr("Pause"), u"media-playback-pause"_s))
    , change_(new Button(tr("Change"), u"configure"_s))
    , stop_(new Button(tr("Stop and save"), u"media-playback-stop"_s))
    , try_(new Button(tr("Try the latest checkpoint"), u"dialog-messages"_s))
    , export_(new Button(tr("Export"), u"document-export"_s))
    , resume_(new Button(tr("Resume"), u"media-playback-start"_s))
{
    buildHeader();
    buildTabs();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::k8);
    column->addWidget(header_);
    column->addWidget(tabs_);
    column->addWidget(stateBar_);
    column->addWidget(answerBar_);
    column->addWidget(pages_, 1);
    connectActions();
    connect(&model_, &RunModel::rowChanged, this, &RunPage::refresh);
    connect(&model_, &RunModel::checkpointsChanged, this, &RunPage::refresh);
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [this] {
        if (!isVisible())
            return;
        live_->refresh();
        refreshState();
    });
    timer->start(kTickMs);
}

void RunPage::buildHeader()
{
    for (Button* button :
         {checkpointNow_, evaluateNow_, change_, pause_, stop_, try_, export_, resume_})
        header_->addButton(button);
    buildChangeMenu();
    const auto mirror = [this](Button* button, QAction* action) {
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        const auto update = [button, action] {
            button->setEnabled(action->isEnabled());
            button->setToolTip(action->shortcut().toString(QKeySequence::NativeText));
        };
        connect(action, &QAction::changed, this, update);
        update();
    };
    mirror(checkpointNow_, context_.runActions.checkpointNow());
    mirror(evaluateNow_, context_.runActions.evaluateNow());
    mirror(pause_, context_.runActions.pauseOrContinue());
    mirror(stop_, context_.runActions.stopAndSave());
    mirror(resume_, context_.runActions.resume());
    mirror(try_, context_.runActions.tryModel());
    mirror(export_, context_.runActions.exportModel());
}

void RunPage::buildChangeMenu()
{
    auto* menu = new QMenu(change_);
    menu->addActions(
        {context_.runActions.changeLearningRate(), context_.runActions.changeLastStep()});
    change_->setMenu(menu);
    change_->setAccessibleName(tr("Change the learning rate or the last step"));
    connect(&context_.runActions, &RunActions::valueWanted, this,
            [this](store::RunId id, store::CommandKind kind) {
                if (model_.isValid() && model_.row().id == id)
                    showPopover(kind);
            });
}

ChangePopover* RunPage::popover() const noexcept
{
    return popover_;
}

void RunPage::showPopover(store::CommandKind kind)
{
    delete popover_.data();
    popover_ = new ChangePopover(kind, model_, this);
    connect(popover_, &ChangePopover::chosen, this,
            [this, kind](double value) { context_.runActions.ask(kind, value); });
    popover_->adjustSize();
    QWidget* anchor = change_->isVisible() ? static_cast<QWidget*>(change_) : header_;
    popover_->move(anchor->mapToGlobal(
        QPoint(anchor->width() - popover_->width(), anchor->height() + space::k4)));
    popover_->show();
}

void RunPage::buildTabs()
{
    tabs_->setExpanding(false);
    tabs_->setDrawBase(false);
    tabs_->setAccessibleName(tr("Parts of the run"));
    for (const auto& text : {tr("Live"), tr("Checkpoints"), tr("Setup"), tr("Log")})
        tabs_->addTab(text);
    for (QWidget* page : {static_cast<QWidget*>(live_), static_cast<QWidget*>(checkpoints_),
                          static_cast<QWidget*>(setup_), static_cast<QWidget*>(log_)})
        pages_->addWidget(page);
    connect(tabs_, &QTabBar::tabBarClicked, this, [this](int index) {
        if (index < 0)
            return;
        context_.navigator.note(
            {.place = PlaceId::Run,
             .item = runName(),
             .tab = QString::fromLatin1(kTabKeys.at(static_cast<std::size_t>(index)))});
    });
    connect(tabs_, &QTabBar::currentChanged, this, &RunPage::showTab);
}

void RunPage::connectActions()
{
    RunActions& actions = context_.runActions;
    const auto isMine = [this](store::RunId id) {
        return model_.isValid() && model_.row().id == id;
    };
    connect(&actions, &RunActions::asked, this,
            [this, isMine](store::RunId id, std::int64_t command) {
                if (isMine(id))
                    model_.follow(command);
            });
    connect(&actions, &RunActions::failed, this,
            [this, isMine](store::RunId id, const QString& message, const QString& hint) {
                if (isMine(id))
                    tell(Tone::Fault, message, hint);
            });
    connect(&actions, &RunActions::resumed, this, [this, isMine](store::RunId id) {
        if (isMine(id))
            answerBar_->clear();
    });
    connect(&model_, &RunModel::commandsChanged, this, &RunPage::showPending);
    connect(&model_, &RunModel::commandAnswered, this, [this](const store::Command& command) {
        tell(Tone::Good, QString::fromStdString(command.result), {});
    });
    connect(stateBar_, &MessageBar::actionTriggered, this, [this] {
        const bool isPaused = model_.row().status == store::RunStatus::Paused;
        auto& run = context_.runActions;
        (isPaused ? run.pauseOrContinue() : run.resume())->trigger();
    });
    connect(checkpoints_, &CheckpointsTab::tryAsked, this,
            [this](std::int64_t step) { openModel(PlaceId::TryIt, u"@%1"_s.arg(step)); });
    connect(checkpoints_, &CheckpointsTab::exportAsked, this,
            [this](std::int64_t step) { openModel(PlaceId::Export, u"@%1"_s.arg(step)); });
    connect(checkpoints_, &CheckpointsTab::resumeAsked, this,
            [this](std::int64_t step) { context_.runActions.resumeFrom(step); });
    connect(&live_->plots(), &RunPlots::saved, this, [this](const QString& path) {
        tell(Tone::Good, tr("Saved %1").arg(QDir::toNativeSeparators(path)), {});
    });
    connect(
        &live_->plots(), &RunPlots::saveFailed, this,
        [this](const QString& message, const QString& hint) { tell(Tone::Fault, message, hint); });
}

QString RunPage::runName() const
{
    return QString::fromStdString(model_.row().name);
}

void RunPage::openModel(PlaceId place, const QString& suffix)
{
    context_.navigator.go({.place = place, .item = runName() + suffix});
}

void RunPage::open(const Location& location)
{
    const auto* row = context_.session.find(location.item);
    if (row && (!model_.isValid() || model_.row().id != row->id)) {
        answerBar_->clear();
        model_.setRun(row->id);
    }
    const auto tab = std::ranges::find(kTabKeys, location.tab.toStdString());
    tabs_->setCurrentIndex(tab == kTabKeys.end() ? 0 : static_cast<int>(tab - kTabKeys.begin()));
    header_->setTitle(location.item);
    refresh();
}

void RunPage::showTab(int index)
{
    pages_->setCurrentIndex(index);
    if (pages_->currentWidget() == setup_)
        setup_->reload();
    refreshButtons();
}

void RunPage::setNarrow(bool isNarrow)
{
    isNarrow_ = isNarrow;
    header_->setNarrow(isNarrow);
    live_->setNarrow(isNarrow);
    const int side = isNarrow ? space::kPageMarginNarrow : space::kPageMargin;
    layout()->setContentsMargins(side, isNarrow ? space::k8 : space::k16, side,
                                 isNarrow ? space::k8 : space::k16);
    refreshButtons();
}

void RunPage::refresh()
{
    refreshHeader();
    refreshButtons();
    refreshState();
    if (pages_->currentWidget() == setup_)
        setup_->reload();
}

void RunPage::refreshHeader()
{
    if (!model_.isValid()) {
        header_->setFacts(tr("This run is no longer in the workspace."));
        header_->setState({}, Tone::Neutral);
        return;
    }
    const auto look = words::stateLook(model_.row());
    header_->setTitle(runName());
    header_->setState(look.word, toneOf(look.mood), look.iconName);
    header_->setFacts(factsOf(model_.row()));
}

void RunPage::refreshButtons()
{
    const RunButtons wanted = buttonsOf(model_);
    const bool isCheckpoints = pages_->currentWidget() == checkpoints_;
    checkpointNow_->setVisible(wanted.isAtWork);
    // In a narrow window it is in the Run menu only.
    evaluateNow_->setVisible(wanted.isAtWork && !isNarrow_);
    change_->setVisible(wanted.isAtWork && !isNarrow_);
    pause_->setVisible(wanted.isAtWork && !wanted.isPaused); // its message has "Continue"
    stop_->setVisible(wanted.isAtWork);
    try_->setVisible(wanted.canTry && !isCheckpoints);
    export_->setVisible(wanted.canExport);
    // The message of a broken run has the resume button, next to what went wrong.
    resume_->setVisible(wanted.canResume && !wanted.isBroken);
    try_->setText(wanted.tryText);
    export_->setText(wanted.exportText);
    resume_->setText(wanted.resumeText);
    try_->setKind(wanted.primary == RunButtons::Primary::Try ? ButtonKind::Filled
                                                             : ButtonKind::Outlined);
    export_->setKind(wanted.primary == RunButtons::Primary::Export ? ButtonKind::Filled
                                                                   : ButtonKind::Outlined);
    resume_->setKind(wanted.primary == RunButtons::Primary::Resume ? ButtonKind::Filled
                                                                   : ButtonKind::Outlined);
}

void RunPage::refreshState()
{
    const auto message = stateMessage(model_, QDateTime::currentDateTime());
    if (!message) {
        if (stateBar_->isShown())
            stateBar_->clear();
        return;
    }
    const auto& shown = stateBar_->message();
    if (stateBar_->isShown() && shown.title == message->title && shown.text == message->text &&
        shown.action == message->action)
        return;
    stateBar_->showMessage(*message);
    stateBar_->setActionIsPrimary(true);
}

void RunPage::showPending()
{
    if (model_.pendingCommands().empty())
        return;
    const auto& command = model_.pendingCommands().back();
    tell(Tone::Info, pendingText(command, model_.row()), {});
}

void RunPage::tell(Tone tone, const QString& title, const QString& text)
{
    answerBar_->showMessage({.tone = tone, .title = title, .text = text});
}

Button* RunPage::primaryButton() const
{
    for (Button* button : findChildren<Button*>())
        if (button->kind() == ButtonKind::Filled && button->isVisible())
            return button;
    return nullptr;
}

} // namespace lyceum::ui
