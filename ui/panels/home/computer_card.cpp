#include "ui/panels/home/computer_card.h"

#include "ui/models/convert.h"
#include "ui/models/doctor_model.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/pill.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <utility>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QWidget* makeLine(const jobs::DoctorCheck& check)
{
    const bool isFault = check.status == "fault";
    const bool isNote = check.status == "note";
    const Role role = isFault ? Role::Fault : isNote ? Role::Caution : Role::Good;
    const QString iconName = isFault  ? u"data-error"_s
                             : isNote ? u"data-warning"_s
                                      : u"dialog-ok-apply"_s;
    const QString word = isFault  ? ComputerCard::tr("Fault")
                         : isNote ? ComputerCard::tr("Note")
                                  : ComputerCard::tr("In order");
    auto* line = new QWidget;
    line->setAccessibleName(u"%1: %2. %3"_s.arg(word, toQt(check.title), toQt(check.detail)));
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(makeParagraph(toQt(check.title), TextStyle::Strong, Role::Text));
    auto* detail =
        makeParagraph(toQt(check.detail), TextStyle::Small, isFault ? Role::Text : Role::Text2);
    detail->setTextInteractionFlags(Qt::TextSelectableByMouse); // a repair may be a command to copy
    detail->setVisible(!check.detail.empty());
    words->addWidget(detail);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, space::k4, 0, space::k4);
    row->setSpacing(space::k12);
    row->addWidget(new IconLabel(iconName, role), 0, Qt::AlignTop);
    row->addLayout(words, 1);
    return line;
}

} // namespace

ComputerCard::ComputerCard(DoctorModel& doctor, QWidget* parent)
    : QWidget(parent)
    , doctor_(doctor)
    , card_(new Card)
    , pill_(new Pill)
    , again_(new Button(tr("Check again"), u"view-refresh"_s, ButtonKind::Link, ButtonSize::Small))
{
    auto* head = card_->setTitle(tr("This computer"));
    head->addWidget(pill_);
    card_->body()->addStretch(1);
    card_->body()->addWidget(again_, 0, Qt::AlignLeft);
    connect(again_, &QPushButton::clicked, &doctor_, &DoctorModel::check);
    connect(&doctor_, &DoctorModel::changed, this, &ComputerCard::refresh);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card_);
    refresh();
}

void ComputerCard::refresh()
{
    switch (doctor_.verdict()) {
    case DoctorModel::Verdict::Checking:
        pill_->set(tr("Checking"), Tone::Neutral, u"clock"_s);
        break;
    case DoctorModel::Verdict::Ready:
    case DoctorModel::Verdict::Notes:
        pill_->set(tr("Ready to train"), Tone::Good, u"dialog-ok-apply"_s);
        break;
    case DoctorModel::Verdict::Faults:
        pill_->set(tr("Needs a repair"), Tone::Fault, u"data-error"_s);
        break;
    }
    again_->setEnabled(!doctor_.isChecking());
    delete lines_;
    lines_ = new QWidget;
    auto* column = new QVBoxLayout(lines_);
    column->setContentsMargins({});
    column->setSpacing(space::k4);
    bool isFirst = true;
    for (const auto& check : doctor_.checks()) {
        if (!std::exchange(isFirst, false))
            column->addWidget(makeSeparator(Qt::Horizontal));
        column->addWidget(makeLine(check));
    }
    if (doctor_.checks().empty())
        column->addWidget(makeLabel(tr("Looking at processor, memory, disk, engine and models"),
                                    TextStyle::Small, Role::Text2));
    card_->body()->insertWidget(1, lines_);
}

} // namespace lyceum::ui
