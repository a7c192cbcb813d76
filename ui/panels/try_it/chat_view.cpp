#include "ui/panels/try_it/chat_view.h"

#include "ui/models/chat_session.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/widgets/bubble.h"
#include "ui/widgets/button.h"
#include "ui/widgets/styled.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMostWidth = 860; // longer lines are hard to read
constexpr int kEndSlack = 8;

/// "27 tokens · 91 tokens/s"; of one that ended otherwise, how.
QString noteOf(const ChatTurn& turn)
{
    using State = ChatTurn::State;
    if (turn.state == State::Waiting)
        return ChatView::tr("Reading the question");
    if (turn.state == State::Failed)
        return (turn.error + u' ' + turn.hint).trimmed();
    QStringList parts{counted(turn.numTokens, ChatView::tr("1 token"), ChatView::tr("%1 tokens"))};
    if (turn.tokensPerSecond > 0)
        parts << format::rate(turn.tokensPerSecond);
    if (turn.state == State::Stopped)
        parts << ChatView::tr("stopped");
    else if (turn.reachedLimit)
        parts << ChatView::tr("cut at the most new tokens; raise it in Settings");
    return parts.join(u" · "_s);
}

} // namespace

ChatView::ChatView(ChatSession& chat, QWidget* parent) : QWidget(parent), chat_(chat)
{
    auto* content = new QWidget;
    auto* centred = new QHBoxLayout(content);
    centred->setContentsMargins({});
    auto* middle = new QWidget;
    middle->setMaximumWidth(kMostWidth);
    column_ = new QVBoxLayout(middle);
    column_->setContentsMargins(0, space::k8, 0, space::k8);
    column_->setSpacing(space::k12);
    centred->addStretch(1);
    centred->addWidget(middle, 100);
    centred->addStretch(1);
    empty_ = makeEmpty();
    column_->addStretch(1);
    column_->addWidget(empty_);
    column_->addStretch(1);
    column_->setStretch(0, 1);
    scroll_ = makeScrollArea(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(scroll_);
    connect(&chat_, &ChatSession::turnAdded, this, &ChatView::addTurn);
    connect(&chat_, &ChatSession::turnChanged, this, &ChatView::showTurn);
    connect(&chat_, &ChatSession::cleared, this, &ChatView::clear);
    auto* bar = scroll_->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, this, &ChatView::followEnd);
    connect(bar, &QScrollBar::valueChanged, this,
            [this, bar](int value) { isAtEnd_ = value >= bar->maximum() - kEndSlack; });
}

QWidget* ChatView::makeEmpty()
{
    // The starter model is trained in English, whatever language the window speaks.
    const QString suggestions[] = {
        u"Work out 3/4 + 2/3.\nMy attempt: I added the tops and the bottoms and got 5/7."_s,
        u"Simplify 10/12. I divided the top by 2 and got 5/12. Is that right?"_s,
        u"What is 7 - 3 x 2? I went from left to right and got 8."_s};
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins({});
    column->setSpacing(space::k8);
    column->addWidget(makeLabel(tr("Ask it something"), TextStyle::H3), 0, Qt::AlignHCenter);
    column->addWidget(makeLabel(tr("Write as a student would, or take one of these:"),
                                TextStyle::Body, Role::Text2),
                      0, Qt::AlignHCenter);
    for (const auto& suggestion : suggestions) {
        auto* button = new Button(QString(suggestion).replace(u'\n', u' '));
        connect(button, &QPushButton::clicked, this,
                [this, suggestion] { emit suggestionChosen(suggestion); });
        column->addWidget(button, 0, Qt::AlignHCenter);
    }
    return box;
}

void ChatView::addTurn(int index)
{
    empty_->hide();
    column_->setStretch(0, 0); // a conversation begins at the top
    turns_.push_back(makeTurn(index));
    column_->insertWidget(column_->count() - 1, turns_.back().line);
    isAtEnd_ = true;
    showTurn(index);
}

ChatView::Turn ChatView::makeTurn(int index)
{
    const auto& turn = chat_.turns()[index];
    const bool isQuestion = turn.role == u"user";
    Turn made{
        .line = new QWidget, .bubble = nullptr, .note = nullptr, .copy = nullptr, .again = nullptr};
    made.bubble = new Bubble(isQuestion ? Bubble::Side::Asked : Bubble::Side::Answered,
                             isQuestion ? tr("Student") : tr("Model"), turn.text);
    auto* row = new QHBoxLayout(made.line);
    row->setContentsMargins({});
    row->addWidget(made.bubble, isQuestion ? 3 : 1);
    if (isQuestion) {
        row->addStretch(1);
        return made;
    }
    made.note = makeParagraph({}, TextStyle::Small, Role::Text3);
    made.again =
        new Button(tr("Try again"), u"view-refresh"_s, ButtonKind::Outlined, ButtonSize::Small);
    made.copy = new Button(tr("Copy"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
    connect(made.again, &QPushButton::clicked, this, &ChatView::retryRequested);
    connect(made.copy, &QPushButton::clicked, this,
            [bubble = made.bubble] { QGuiApplication::clipboard()->setText(bubble->text()); });
    auto* foot = made.bubble->foot();
    foot->addWidget(made.note, 1);
    foot->addWidget(made.again);
    foot->addWidget(made.copy);
    return made;
}

void ChatView::showTurn(int index)
{
    const auto& turn = chat_.turns()[index];
    const auto& shown = turns_[static_cast<std::size_t>(index)];
    shown.bubble->setText(turn.text);
    if (shown.note == nullptr)
        return;
    const bool isFailed = turn.state == ChatTurn::State::Failed;
    const bool isOver =
        turn.state != ChatTurn::State::Waiting && turn.state != ChatTurn::State::Streaming;
    shown.note->setText(noteOf(turn));
    setLabelRole(shown.note, isFailed ? Role::Fault : Role::Text3);
    shown.again->setVisible(isFailed);
    shown.copy->setVisible(isOver && !turn.text.isEmpty());
    if (isOver)
        announce(shown.bubble, isFailed ? shown.note->text() : turn.text);
}

void ChatView::clear()
{
    for (const auto& turn : turns_) {
        turn.line->hide();
        turn.line->deleteLater();
    }
    turns_.clear();
    column_->setStretch(0, 1);
    empty_->show();
}

void ChatView::followEnd()
{
    auto* bar = scroll_->verticalScrollBar();
    if (isAtEnd_)
        bar->setValue(bar->maximum());
}

} // namespace lyceum::ui
