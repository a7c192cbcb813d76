#include "ui/widgets/empty_state.h"

#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/styled.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& text,
                       QWidget* parent)
    : QWidget(parent)
    , title_(makeLabel(title, TextStyle::H3, Role::Text))
    , text_(makeParagraph(text))
    , actions_(new QHBoxLayout)
{
    constexpr int kTextWidth = 420;
    text_->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    text_->setMaximumWidth(kTextWidth);
    actions_->setSpacing(space::k8);
    actions_->setAlignment(Qt::AlignHCenter);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(space::k8);
    column->addStretch(1);
    column->addWidget(new IconLabel(iconName, Role::Text3, measure::kIconLarge), 0,
                      Qt::AlignHCenter);
    column->addWidget(title_, 0, Qt::AlignHCenter);
    // As wide as there is room, up to its own width: the stretches get what is left.
    auto* textRow = new QHBoxLayout;
    textRow->addStretch(1);
    textRow->addWidget(text_, kTextWidth);
    textRow->addStretch(1);
    column->addLayout(textRow);
    column->addLayout(actions_);
    column->addStretch(1);
    setTexts(title, text);
}

void EmptyState::setTexts(const QString& title, const QString& text)
{
    title_->setText(title);
    text_->setText(text);
    text_->setVisible(!text.isEmpty());
}

Button* EmptyState::addAction(const QString& text, const QString& iconName, bool isPrimary)
{
    auto* button =
        new Button(text, iconName, isPrimary ? ButtonKind::Filled : ButtonKind::Outlined);
    actions_->addWidget(button);
    return button;
}

} // namespace lyceum::ui
