#include "ui/widgets/page_header.h"

#include "ui/widgets/pill.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

PageHeader::PageHeader(const QString& title, QWidget* parent)
    : QWidget(parent)
    , title_(makeLabel(title, TextStyle::H1, Role::Text))
    , pill_(new Pill)
    , facts_(makeElidedLabel({}, TextStyle::Small, Role::Text2))
    , buttons_(new QHBoxLayout)
{
    auto* titleRow = new QHBoxLayout;
    titleRow->setSpacing(space::k12);
    titleRow->addWidget(title_);
    titleRow->addWidget(pill_);
    titleRow->addStretch(1);
    pill_->hide();
    facts_->hide();

    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addLayout(titleRow);
    words->addWidget(facts_);

    buttons_->setSpacing(space::k8);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::k16);
    row->addLayout(words, 1);
    row->addLayout(buttons_);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void PageHeader::setTitle(const QString& title)
{
    title_->setText(title);
}

QString PageHeader::title() const
{
    return title_->text();
}

void PageHeader::setFacts(const QString& facts)
{
    facts_->setText(facts);
    facts_->setVisible(!facts.isEmpty() && !isNarrow_);
}

void PageHeader::setState(const QString& text, Tone tone, const QString& iconName)
{
    pill_->set(text, tone, iconName);
    pill_->setVisible(!text.isEmpty());
}

void PageHeader::addButton(QWidget* button)
{
    buttons_->addWidget(button, 0, Qt::AlignVCenter);
}

void PageHeader::setNarrow(bool isNarrow)
{
    isNarrow_ = isNarrow;
    facts_->setVisible(!facts_->text().isEmpty() && !isNarrow_);
}

} // namespace lyceum::ui
