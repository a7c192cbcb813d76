#include "ui/widgets/pill.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace lyceum::ui {

namespace {

QColor fillOf(const Tokens& t, Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return t.sunken;
    case Tone::Info:
        return t.accentWeak;
    case Tone::Good:
        return t.goodWeak;
    case Tone::Caution:
        return t.cautionWeak;
    case Tone::Fault:
        return t.faultWeak;
    }
    return t.sunken;
}

constexpr int kIconSide = 12;

QFont pillFont()
{
    QFont font = Theme::instance().font(TextStyle::Caption);
    font.setBold(true);
    return font;
}

} // namespace

Role roleOf(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return Role::Text2;
    case Tone::Info:
        return Role::Accent;
    case Tone::Good:
        return Role::Good;
    case Tone::Caution:
        return Role::Caution;
    case Tone::Fault:
        return Role::Fault;
    }
    return Role::Text2;
}

Pill::Pill(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Pill::Pill(const QString& text, Tone tone, const QString& iconName, QWidget* parent) : Pill(parent)
{
    set(text, tone, iconName);
}

void Pill::set(const QString& text, Tone tone, const QString& iconName)
{
    text_ = text;
    tone_ = tone;
    iconName_ = iconName;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const
{
    const QFontMetrics metrics(pillFont());
    const int iconWidth = iconName_.isEmpty() ? 0 : kIconSide + space::k4;
    return {metrics.horizontalAdvance(text_) + iconWidth + 2 * space::k8,
            metrics.height() + space::k4};
}

void Pill::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box(rect());
    painter.setPen(Qt::NoPen);
    painter.setBrush(fillOf(tokens(), tone_));
    const qreal radius = std::min<qreal>(measure::kRadiusPill, box.height() / 2);
    painter.drawRoundedRect(box, radius, radius);

    QRect inner = rect().adjusted(space::k8, 0, -space::k8, 0);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    if (!iconName_.isEmpty()) {
        const int left = mirrored ? inner.right() - kIconSide + 1 : inner.left();
        themeIcon(iconName_, roleOf(tone_))
            .paint(&painter, QRect(left, (height() - kIconSide) / 2, kIconSide, kIconSide));
        if (mirrored)
            inner.setRight(inner.right() - kIconSide - space::k4);
        else
            inner.setLeft(inner.left() + kIconSide + space::k4);
    }
    painter.setFont(pillFont());
    painter.setPen(colorOf(tokens(), roleOf(tone_)));
    painter.drawText(inner, Qt::AlignVCenter | (mirrored ? Qt::AlignRight : Qt::AlignLeft), text_);
}

} // namespace lyceum::ui
