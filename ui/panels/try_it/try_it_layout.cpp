#include "core/base/paths.h"
#include "ui/models/chat_session.h"
#include "ui/models/convert.h"
#include "ui/models/model_server.h"
#include "ui/panels/try_it/chat_view.h"
#include "ui/panels/try_it/settings_panel.h"
#include "ui/panels/try_it/try_it_page.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/pill.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kQuestionLines = 3;
constexpr int kLoadingWidth = 160;
} // namespace

TryItPage::TryItPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , server_(new ModelServer(toQt(program_path("lyceum-engine")),
                              toQt(context.session.workspace()), this))
    , chat_(new ChatSession(this))
    , choices_(new ModelChoiceModel(ModelChoiceModel::Show::Everything, this))
    , header_(new PageHeader(tr("Try it")))
    , message_(new MessageBar)
    , states_(new QStackedWidget)
    , choice_(new QComboBox)
    , pill_(new Pill)
    , loading_(new QProgressBar)
    , note_(makeLabel({}, TextStyle::Small, Role::Text2))
    , view_(new ChatView(*chat_))
    , question_(new QPlainTextEdit)
    , send_(new Button(tr("Send"), u"document-send"_s, ButtonKind::Filled))
    , stop_(new Button(tr("Stop"), u"media-playback-stop"_s, ButtonKind::Filled))
    , settingsButton_(new Button(tr("Settings"), u"configure"_s))
    , settings_(new SettingsPanel)
{
    setObjectName(u"tryItPage"_s);
    makeHeader();
    auto* chat = new QVBoxLayout;
    chat->setSpacing(space::kCardGap);
    chat->addWidget(makeModelBar());
    chat->addWidget(view_, 1);
    chat->addWidget(makeComposer());
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins({});
    row->setSpacing(space::kCardGap);
    row->addLayout(chat, 1);
    row->addWidget(settings_);
    states_->addWidget(page);
    states_->addWidget(makeNoModels());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addWidget(states_, 1);
    settings_->setSettings(readChatSettings(context_.settings));
    chat_->setSettings(settings_->settings()); // within the fields' ranges
    makeActions();
    connectAll();
    showSettings(false);
    refresh();
}

void TryItPage::makeHeader()
{
    auto* copy = new Button(tr("Copy all"), u"edit-copy"_s);
    auto* clear = new Button(tr("Clear"), u"edit-clear-history"_s);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(chat_->asText()); });
    connect(clear, &QPushButton::clicked, chat_, &ChatSession::clear);
    connect(settingsButton_, &QPushButton::clicked, this,
            [this] { showSettings(!settings_->isVisibleTo(this)); });
    for (auto* button : {copy, clear, settingsButton_})
        header_->addButton(button);
}

void TryItPage::makeActions()
{
    const auto add = [this](const QString& text, const QKeySequence& shortcut, auto slot) {
        auto* action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, slot);
        actions_.append({MenuId::Edit, action});
    };
    add(tr("Clear the conversation"), {}, [this] { chat_->clear(); });
    add(tr("Copy the conversation"), {},
        [this] { QGuiApplication::clipboard()->setText(chat_->asText()); });
}

QWidget* TryItPage::makeModelBar()
{
    choice_->setModel(choices_);
    choice_->setObjectName(u"modelChoice"_s);
    choice_->setAccessibleName(tr("Model to talk to"));
    choice_->setPlaceholderText(tr("Choose a model"));
    choice_->setMinimumWidth(360);
    choice_->setMaxVisibleItems(16);
    loading_->setRange(0, 0);
    loading_->setTextVisible(false);
    loading_->setFixedWidth(kLoadingWidth);
    loading_->setAccessibleName(tr("The model is being loaded"));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k12);
    row->addWidget(choice_);
    row->addWidget(pill_);
    row->addWidget(loading_);
    row->addWidget(note_);
    row->addStretch(1);
    auto* card = new Card;
    card->body()->addLayout(row);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return card;
}

QWidget* TryItPage::makeComposer()
{
    question_->setObjectName(u"question"_s);
    question_->setAccessibleName(tr("Your message"));
    question_->setPlaceholderText(tr("Write as a student would. Ctrl+Enter sends."));
    question_->setTabChangesFocus(true);
    question_->setFixedHeight(question_->fontMetrics().lineSpacing() * kQuestionLines +
                              2 * space::k12);
    question_->installEventFilter(this);
    send_->setObjectName(u"send"_s);
    stop_->setToolTip(tr("Esc"));
    auto* buttons = new QVBoxLayout;
    buttons->addWidget(send_);
    buttons->addWidget(stop_);
    buttons->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k12);
    row->addWidget(question_, 1);
    row->addLayout(buttons);
    auto* card = new Card;
    card->body()->addLayout(row);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return card;
}

QWidget* TryItPage::makeNoModels()
{
    return new EmptyState(
        u"dialog-messages"_s, tr("No model is on this computer"),
        tr("Home, This computer, says which file is missing and where it belongs."));
}

void TryItPage::connectAll()
{
    connect(choice_, &QComboBox::activated, this, [this] {
        loadModel(choice_->currentData(ModelChoiceModel::ReferenceRole).toString());
    });
    connect(server_, &ModelServer::stateChanged, this, &TryItPage::serverChanged);
    connect(message_, &MessageBar::actionTriggered, this,
            [this] { loadModel(server_->reference()); });
    connect(chat_, &ChatSession::answeringChanged, this, &TryItPage::refresh);
    connect(view_, &ChatView::retryRequested, chat_, &ChatSession::retry);
    connect(view_, &ChatView::suggestionChosen, this, [this](const QString& text) {
        question_->setPlainText(text);
        question_->setFocus();
        send();
    });
    connect(question_, &QPlainTextEdit::textChanged, this, &TryItPage::refresh);
    connect(send_, &QPushButton::clicked, this, &TryItPage::send);
    connect(stop_, &QPushButton::clicked, chat_, &ChatSession::stop);
    connect(settings_, &SettingsPanel::changed, this, &TryItPage::settingsChanged);
}

} // namespace lyceum::ui
