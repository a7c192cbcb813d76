#include "ui/panels/new_run/choice_card.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace lyceum::ui {
namespace {

constexpr int kMark = 16;
constexpr int kLeft = space::k12 + kMark + space::k12;
constexpr int kLeastWidth = 150;

QFont titleFont()
{
    return Theme::instance().font(TextStyle::Strong);
}

QFont textFont()
{
    return Theme::instance().font(TextStyle::Small);
}

} // namespace

ChoiceCard::ChoiceCard(const QString& title, const QString& text, QWidget* parent)
    : QAbstractButton(parent), explanation_(text)
{
    setText(title);
    setCheckable(true);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChoiceCard::setExplanation(const QString& text)
{
    if (text == explanation_)
        return;
    explanation_ = text;
    setAccessibleDescription(text);
    updateGeometry();
    update();
}

int ChoiceCard::heightForWidth(int width) const
{
    const int textWidth = std::max(1, width - kLeft - space::k12);
    const QRect text = QFontMetrics(textFont())
                           .boundingRect({0, 0, textWidth, 10000}, Qt::TextWordWrap, explanation_);
    return space::k12 + QFontMetrics(titleFont()).height() + space::k2 + text.height() + space::k12;
}

QSize ChoiceCard::sizeHint() const
{
    constexpr int kWidth = 240;
    return {kWidth, heightForWidth(kWidth)};
}

QSize ChoiceCard::minimumSizeHint() const
{
    return {kLeastWidth, heightForWidth(std::max(kLeastWidth, width()))};
}

void ChoiceCard::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    const auto& colors = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal line = isChecked() ? 2.0 : 1.0;
    painter.setPen(QPen(isChecked() ? colors.accent : colors.outline, line));
    painter.setBrush(underMouse() && !isChecked() ? colors.sunken : colors.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2),
                            measure::kRadiusCard, measure::kRadiusCard);

    const int titleHeight = QFontMetrics(titleFont()).height();
    const QRectF mark(space::k12, space::k12 + (titleHeight - kMark) / 2.0, kMark, kMark);
    painter.setPen(QPen(isChecked() ? colors.accent : colors.outline, 1.0));
    painter.setBrush(isChecked() ? colors.accent : colors.surface);
    painter.drawEllipse(mark);
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.surface);
        painter.drawEllipse(mark.center(), 3.5, 3.5);
    }

    const QRect inside = rect().adjusted(kLeft, space::k12, -space::k12, -space::k12);
    painter.setPen(colors.text);
    painter.setFont(titleFont());
    painter.drawText(inside, Qt::AlignLeft | Qt::AlignTop, text());
    painter.setPen(colors.text2);
    painter.setFont(textFont());
    painter.drawText(inside.adjusted(0, titleHeight + space::k2, 0, 0),
                     static_cast<int>(Qt::AlignLeft | Qt::AlignTop) | Qt::TextWordWrap,
                     explanation_);
}

} // namespace lyceum::ui
