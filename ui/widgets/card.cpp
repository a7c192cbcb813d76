#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString cardName(CardKind kind)
{
    switch (kind) {
    case CardKind::Plain:
        return u"true"_s;
    case CardKind::Chosen:
        return u"chosen"_s;
    case CardKind::Sunken:
        return u"sunken"_s;
    case CardKind::Drop:
        return u"drop"_s;
    case CardKind::Info:
        return u"info"_s;
    case CardKind::Good:
        return u"good"_s;
    case CardKind::Caution:
        return u"caution"_s;
    case CardKind::Fault:
        return u"fault"_s;
    }
    return {};
}

} // namespace

Card::Card(CardKind kind, QWidget* parent) : QFrame(parent), body_(new QVBoxLayout(this))
{
    setProperty("card", cardName(kind));
    const int padding = kind == CardKind::Sunken ? space::k12 : space::kCardPadding;
    body_->setContentsMargins(padding, padding, padding, padding);
    body_->setSpacing(space::k8);
}

void Card::setKind(CardKind kind)
{
    setStyleProperty(this, "card", cardName(kind));
}

QHBoxLayout* Card::setTitle(const QString& title, TextStyle style)
{
    if (!titleRow_) {
        titleRow_ = new QHBoxLayout;
        titleRow_->setSpacing(space::k8);
        title_ = makeLabel(title, style, Role::Text);
        titleRow_->addWidget(title_);
        titleRow_->addStretch(1);
        body_->insertLayout(0, titleRow_);
    }
    title_->setText(title);
    return titleRow_;
}

} // namespace lyceum::ui
