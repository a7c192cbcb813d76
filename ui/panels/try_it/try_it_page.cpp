#include "ui/panels/try_it/try_it_page.h"

#include "ui/models/background.h"
#include "ui/models/chat_session.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/model_server.h"
#include "ui/panels/try_it/chat_view.h"
#include "ui/panels/try_it/settings_panel.h"
#include "ui/widgets/button.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/pill.h"
#include "ui/widgets/teardown.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSettings>
#include <QStackedWidget>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kModelKey = "try/model"_L1;
enum StatePage { ChatState, NoModelsState };

} // namespace

TryItPage::~TryItPage()
{
    deleteWidgets(*this);
}

void TryItPage::open(const Location& location)
{
    loadChoices(location.item);
    question_->setFocus();
}

void TryItPage::setNarrow(bool isNarrow)
{
    header_->setNarrow(isNarrow);
    note_->setVisible(!isNarrow);
}

void TryItPage::loadChoices(const QString& wanted)
{
    inBackground(
        this, [workspace = context_.session.workspace()] { return listModelChoices(workspace); },
        [this, wanted](Result<std::vector<ModelChoice>> choices) {
            choicesLoaded(wanted, std::move(choices));
        });
}

void TryItPage::choicesLoaded(const QString& wanted, Result<std::vector<ModelChoice>> choices)
{
    if (!choices) {
        message_->showMessage({.tone = Tone::Fault,
                               .title = toQt(choices.error().message),
                               .text = toQt(choices.error().hint)});
        return;
    }
    const QString current = server_->reference();
    choices_->setChoices(std::move(choices).value());
    states_->setCurrentIndex(choices_->rowCount() == 0 ? NoModelsState : ChatState);
    const auto find = [this](const QString& reference) {
        return reference.isEmpty() ? -1 : choices_->rowOf(reference);
    };
    int row = find(wanted);
    if (row < 0 && !wanted.isEmpty())
        message_->showMessage({.tone = Tone::Caution,
                               .title = tr("%1 has no model to talk to yet").arg(wanted),
                               .text = tr("A run can be tried after its first checkpoint.")});
    if (row < 0)
        row = find(current);
    if (row < 0)
        row = find(context_.settings.value(kModelKey).toString());
    if (row < 0)
        row = firstChoice();
    choice_->setCurrentIndex(row);
    const auto* choice = choices_->choice(row);
    if (choice != nullptr &&
        (choice->reference != current || server_->state() == ModelServer::State::Failed))
        loadModel(choice->reference);
    refresh();
}

int TryItPage::firstChoice() const
{
    for (int row = 0; row < choices_->rowCount(); ++row)
        if (choices_->choice(row)->kind != ModelChoice::Kind::Base)
            return row;
    return choices_->rowCount() > 0 ? 0 : -1;
}

void TryItPage::loadModel(const QString& reference)
{
    chat_->stop();
    message_->clear();
    context_.settings.setValue(kModelKey, reference);
    server_->load(reference);
}

void TryItPage::serverChanged()
{
    const auto state = server_->state();
    chat_->setServer(state == ModelServer::State::Ready ? server_->url() : QUrl());
    if (state == ModelServer::State::Failed)
        message_->showMessage({.tone = Tone::Fault,
                               .title = server_->message(),
                               .text = server_->hint(),
                               .action = tr("Restart"),
                               .details = server_->log(),
                               .isClosable = false});
    else
        message_->clear();
    refresh();
}

void TryItPage::refresh()
{
    const auto state = server_->state();
    const bool isReady = state == ModelServer::State::Ready;
    switch (state) {
    case ModelServer::State::Stopped:
        pill_->set(tr("Not loaded"), Tone::Neutral);
        break;
    case ModelServer::State::Loading:
        pill_->set(tr("Loading"), Tone::Info, u"clock"_s);
        break;
    case ModelServer::State::Ready:
        pill_->set(tr("Ready"), Tone::Good, u"dialog-ok-apply"_s);
        break;
    case ModelServer::State::Failed:
        pill_->set(tr("Not running"), Tone::Fault, u"data-error"_s);
        break;
    }
    loading_->setVisible(state == ModelServer::State::Loading);
    if (const auto* choice = choices_->choice(choice_->currentIndex()))
        note_->setText(choice->kind == ModelChoice::Kind::Base
                           ? tr("as it comes, before any training · %1")
                                 .arg(format::fileSize(choice->sizeBytes))
                           : tr("trained from %1 · %2")
                                 .arg(choice->baseModel, format::fileSize(choice->sizeBytes)));
    const bool isAnswering = chat_->isAnswering();
    const bool hasQuestion = !question_->toPlainText().trimmed().isEmpty();
    send_->setVisible(!isAnswering);
    send_->setEnabled(isReady && hasQuestion);
    send_->setToolTip(isReady ? tr("Ctrl+Enter") : tr("Waiting for the model"));
    stop_->setVisible(isAnswering);
    header_->setFacts(SettingsPanel::describe(chat_->settings()));
}

void TryItPage::send()
{
    const QString text = question_->toPlainText();
    if (!send_->isEnabled() || chat_->isAnswering())
        return;
    question_->clear();
    chat_->send(text);
}

void TryItPage::showSettings(bool show)
{
    settings_->setVisible(show);
    settingsButton_->setText(show ? tr("Fold settings") : tr("Settings"));
}

void TryItPage::settingsChanged()
{
    chat_->setSettings(settings_->settings());
    writeChatSettings(context_.settings, chat_->settings());
    refresh();
}

bool TryItPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == question_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isEnter && key->modifiers().testFlag(Qt::ControlModifier)) {
            send();
            return true;
        }
        if (key->key() == Qt::Key_Escape && chat_->isAnswering()) {
            chat_->stop();
            return true;
        }
    }
    return Place::eventFilter(watched, event);
}

} // namespace lyceum::ui
