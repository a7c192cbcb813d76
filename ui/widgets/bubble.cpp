#include "ui/widgets/bubble.h"

#include "ui/theme/theme.h"
#include "ui/widgets/styled.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace lyceum::ui {
namespace {

Role whoRole(Bubble::Side side)
{
    return side == Bubble::Side::Asked ? Role::Accent : Role::Text3;
}

} // namespace

Bubble::Bubble(Side side, const QString& who, const QString& text, QWidget* parent)
    : QFrame(parent)
    , side_(side)
    , text_(makeParagraph(text, TextStyle::Body, side == Side::Setting ? Role::Text2 : Role::Text))
    , column_(new QVBoxLayout(this))
{
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column_->setContentsMargins(space::k12, space::k8, space::k12, space::k8);
    column_->setSpacing(space::k2);
    if (!who.isEmpty())
        column_->addWidget(makeLabel(who, TextStyle::Caption, whoRole(side)));
    column_->addWidget(text_);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void Bubble::setText(const QString& text)
{
    text_->setText(text);
    text_->setVisible(!text.isEmpty());
}

QString Bubble::text() const
{
    return text_->text();
}

QHBoxLayout* Bubble::foot()
{
    if (foot_ == nullptr) {
        foot_ = new QHBoxLayout;
        foot_->setContentsMargins(0, space::k8, 0, 0);
        foot_->setSpacing(space::k8);
        column_->addLayout(foot_);
    }
    return foot_;
}

void Bubble::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    const auto& colors = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isAnswer = side_ == Side::Answered;
    painter.setPen(isAnswer ? QPen(colors.border) : QPen(Qt::NoPen));
    painter.setBrush(isAnswer               ? colors.surface
                     : side_ == Side::Asked ? colors.accentWeak
                                            : colors.sunken);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::kRadiusCard,
                            measure::kRadiusCard);
}

} // namespace lyceum::ui
