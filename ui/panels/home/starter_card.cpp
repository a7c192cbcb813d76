#include "ui/panels/home/starter_card.h"

#include "ui/widgets/bubble.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

StarterCard::StarterCard(QWidget* parent)
    : QWidget(parent)
    , example_(makeExample())
    , title_(makeLabel(tr("Train the fractions tutor"), TextStyle::H1))
    , start_(new Button(tr("Train the fractions tutor"), u"media-playback-start"_s,
                        ButtonKind::Filled, ButtonSize::Large))
    , settings_(new Button(tr("Look at the settings first"), u"configure"_s, ButtonKind::Outlined,
                           ButtonSize::Large))
    , data_(new Button(tr("See what it learns from"), {}, ButtonKind::Link))
{
    start_->setObjectName(u"trainStarter"_s);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::k8);
    buttons->addWidget(start_);
    buttons->addWidget(settings_);
    buttons->addWidget(data_);
    buttons->addStretch(1);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k8);
    words->addWidget(title_);
    words->addWidget(makeParagraph(
        tr("A small language model, SmolLM2 with 135 million parameters, learns from 1,400 "
           "dialogues to find a student's "
           "mistake and repair it step by step. It trains on this computer, in minutes. You watch "
           "its loss fall, try it "
           "before and after, and take it away as a folder that other programs open.")));
    words->addStretch(1);
    words->addLayout(buttons);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k32);
    row->addLayout(words, 1);
    row->addWidget(example_, 1);
    auto* card = new Card;
    card->body()->addLayout(row);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(start_, &QPushButton::clicked, this, &StarterCard::startRequested);
    connect(settings_, &QPushButton::clicked, this, &StarterCard::settingsRequested);
    connect(data_, &QPushButton::clicked, this, &StarterCard::dataRequested);
}

QWidget* StarterCard::makeExample()
{
    auto* example = new QWidget;
    auto* column = new QVBoxLayout(example);
    column->setContentsMargins({});
    column->setSpacing(space::k8);
    column->addWidget(makeLabel(tr("One of the 1,400"), TextStyle::Caption, Role::Text3));
    // The dataset is in English in every language of the window.
    column->addWidget(new Bubble(
        Bubble::Side::Asked, tr("Student"),
        u"Work out 3/4 + 2/3.\nMy attempt: I added the tops and the bottoms and got 5/7."_s));
    column->addWidget(new Bubble(
        Bubble::Side::Answered, tr("Tutor, this is learnt"),
        u"Good try, there is one slip. The bottoms name sizes of pieces, and these pieces have "
        "different sizes.\nStep 1: Find a common bottom. 4 and 3 both go into 12."_s));
    column->addStretch(1);
    return example;
}

void StarterCard::setProminent(bool isProminent)
{
    example_->setVisible(isProminent);
    setLabelStyle(title_, isProminent ? TextStyle::H1 : TextStyle::H3);
    start_->setKind(isProminent ? ButtonKind::Filled : ButtonKind::Outlined);
    setStyleProperty(start_, "scale", isProminent ? u"large"_s : u"normal"_s);
    setStyleProperty(settings_, "scale", isProminent ? u"large"_s : u"normal"_s);
}

void StarterCard::setStarting(bool isStarting)
{
    start_->setEnabled(!isStarting);
    start_->setText(isStarting ? tr("Starting") : tr("Train the fractions tutor"));
}

} // namespace lyceum::ui
