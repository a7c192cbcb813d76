#include "ui/panels/new_run/decision_card.h"

#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

DecisionCard::DecisionCard(int number, const QString& title, const QString& question,
                           QWidget* parent)
    : QWidget(parent), card_(new Card)
{
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k16);
    head->addWidget(makeLabel(QString::number(number), TextStyle::H2, Role::Accent), 0,
                    Qt::AlignVCenter);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(makeLabel(title, TextStyle::H2));
    words->addWidget(makeLabel(question, TextStyle::Small, Role::Text2));
    head->addLayout(words, 1);
    card_->body()->addLayout(head);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card_);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

QVBoxLayout* DecisionCard::body() const
{
    return card_->body();
}

} // namespace lyceum::ui
