#include "ui/widgets/message_bar.h"

#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/pill.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

CardKind cardOf(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return CardKind::Plain;
    case Tone::Info:
        return CardKind::Info;
    case Tone::Good:
        return CardKind::Good;
    case Tone::Caution:
        return CardKind::Caution;
    case Tone::Fault:
        return CardKind::Fault;
    }
    return CardKind::Plain;
}

QString iconOf(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
    case Tone::Info:
        return u"documentinfo"_s;
    case Tone::Good:
        return u"dialog-ok-apply"_s;
    case Tone::Caution:
        return u"data-warning"_s;
    case Tone::Fault:
        return u"data-error"_s;
    }
    return {};
}

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent)
    , card_(new Card(CardKind::Info))
    , icon_(new IconLabel(u"documentinfo"_s))
    , title_(makeParagraph({}, TextStyle::Strong, Role::Text))
    , text_(makeParagraph({}))
    , action_(new Button({}))
    , detailsToggle_(new Button(tr("Technical text"), {}, ButtonKind::Link))
    , close_(new Button({}, u"window-close-symbolic"_s, ButtonKind::Link))
    , detailsBox_(new QWidget)
    , details_(makeParagraph({}, TextStyle::Mono))
{
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(title_);
    words->addWidget(text_);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::k12);
    row->addWidget(icon_, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(detailsToggle_);
    row->addWidget(action_);
    row->addWidget(close_);

    auto* copy = new Button(tr("Copy"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
    details_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* detailsRow = new QHBoxLayout(detailsBox_);
    detailsRow->setContentsMargins(measure::kIconSmall + space::k12, 0, 0, 0);
    detailsRow->addWidget(details_, 1);
    detailsRow->addWidget(copy, 0, Qt::AlignTop);

    card_->body()->setContentsMargins(space::k12, space::k12, space::k12, space::k12);
    card_->body()->addLayout(row);
    card_->body()->addWidget(detailsBox_);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(card_);
    close_->setSpokenName(tr("Close this message"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    hide();

    connect(action_, &QPushButton::clicked, this, &MessageBar::actionTriggered);
    connect(detailsToggle_, &QPushButton::clicked, this, &MessageBar::toggleDetails);
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(message_.details); });
    connect(close_, &QPushButton::clicked, this, [this] {
        clear();
        emit closed();
    });
}

void MessageBar::showMessage(const Message& message)
{
    message_ = message;
    isShown_ = true;
    card_->setKind(cardOf(message.tone));
    icon_->setIcon(iconOf(message.tone), roleOf(message.tone));
    title_->setText(message.title);
    text_->setText(message.text);
    text_->setVisible(!message.text.isEmpty());
    action_->setText(message.action);
    action_->setVisible(!message.action.isEmpty());
    details_->setText(message.details);
    detailsToggle_->setVisible(!message.details.isEmpty());
    detailsToggle_->setText(tr("Technical text"));
    detailsBox_->hide();
    close_->setVisible(message.isClosable);
    show();
    announce(this, message.title + u' ' + message.text);
}

void MessageBar::clear()
{
    isShown_ = false;
    message_ = {};
    hide();
}

void MessageBar::setActionIsPrimary(bool isPrimary)
{
    action_->setKind(isPrimary ? ButtonKind::Filled : ButtonKind::Outlined);
}

void MessageBar::toggleDetails()
{
    const bool show = detailsBox_->isHidden();
    detailsBox_->setVisible(show);
    detailsToggle_->setText(show ? tr("Hide technical text") : tr("Technical text"));
}

} // namespace lyceum::ui
