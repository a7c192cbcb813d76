#include "ui/shell/rail.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QKeySequence>
#include <QLocale>
#include <QPainter>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kSide = 8; ///< Free at each side of an entry.
constexpr int kBarWidth = 3;

QFont labelFont(bool isBold)
{
    QFont font = Theme::instance().font(TextStyle::Caption);
    font.setBold(isBold);
    return font;
}

} // namespace

RailButton::RailButton(const QString& text, const QString& iconName, QWidget* parent)
    : QAbstractButton(parent), iconName_(iconName)
{
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void RailButton::setIsMain(bool isMain)
{
    isMain_ = isMain;
    updateGeometry();
}

void RailButton::setIsCurrent(bool isCurrent)
{
    isCurrent_ = isCurrent;
    setAccessibleDescription(isCurrent ? tr("The place shown now") : QString());
    update();
}

void RailButton::setBadge(int count)
{
    badge_ = count;
    setAccessibleName(count > 0 ? tr("%1, %n running", nullptr, count).arg(text()) : text());
    update();
}

QSize RailButton::sizeHint() const
{
    const int label = QFontMetrics(labelFont(true)).height();
    if (isMain_)
        return {measure::kRailWidth - 2 * kSide, measure::kControlLarge + space::k4 + label};
    return {measure::kRailWidth - 2 * kSide,
            space::k8 + measure::kIcon + space::k2 + label + space::k4};
}

void RailButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isMain_)
        paintMain(painter);
    else
        paintEntry(painter);
}

void RailButton::paintMain(QPainter& painter) const
{
    const Tokens& t = tokens();
    const int width = 52;
    const QRect box((this->width() - width) / 2, 0, width, measure::kControlLarge);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accent);
    painter.setOpacity(isDown() ? 0.85 : underMouse() ? 0.93 : 1.0);
    painter.drawRoundedRect(box, measure::kRadiusCard, measure::kRadiusCard);
    painter.setOpacity(1.0);
    QRect iconBox(0, 0, measure::kIconSmall, measure::kIconSmall);
    iconBox.moveCenter(box.center());
    themeIcon(iconName_, Role::OnAccent).paint(&painter, iconBox);
    painter.setFont(labelFont(isCurrent_));
    painter.setPen(isCurrent_ ? t.accent : t.text2);
    const QRect words(0, box.bottom() + space::k4, this->width(), height() - box.height());
    painter.drawText(words, Qt::AlignHCenter | Qt::AlignTop, text());
}

void RailButton::paintEntry(QPainter& painter) const
{
    const Tokens& t = tokens();
    painter.setPen(Qt::NoPen);
    if (isCurrent_ || underMouse()) {
        painter.setBrush(isCurrent_ ? t.accentWeak : t.sunken);
        painter.drawRoundedRect(rect(), measure::kRadiusControl, measure::kRadiusControl);
    }
    const Role role = isCurrent_ ? Role::Accent : Role::Text2;
    const QRect iconBox((width() - measure::kIcon) / 2, space::k8, measure::kIcon, measure::kIcon);
    themeIcon(iconName_, role).paint(&painter, iconBox);
    painter.setFont(labelFont(isCurrent_));
    painter.setPen(colorOf(t, role));
    const QRect words(0, iconBox.bottom() + space::k2, width(), height() - iconBox.bottom());
    painter.drawText(words, Qt::AlignHCenter | Qt::AlignTop, text());
    if (badge_ > 0) {
        const QRect badge(iconBox.right() + 1, space::k2, 16, 15);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(badge, 7.5, 7.5);
        painter.setPen(t.onAccent);
        painter.setFont(labelFont(true));
        painter.drawText(badge, Qt::AlignCenter, locale().toString(badge_));
    }
}

Rail::Rail(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this))
{
    setFixedWidth(measure::kRailWidth);
    setAccessibleName(tr("Places"));
    column_->setContentsMargins(kSide, space::k12, kSide, space::k12);
    column_->setSpacing(space::k8);
    column_->addStretch(1);
}

void Rail::addPlace(PlaceId place, const QString& text, const QString& iconName,
                    const QKeySequence& shortcut)
{
    auto* button = new RailButton(text, iconName, this);
    button->setToolTip(u"%1 (%2)"_s.arg(text, shortcut.toString(QKeySequence::NativeText)));
    button->setIsMain(place == PlaceId::NewRun);
    buttons_.insert(place, button);
    column_->insertWidget(column_->count() - 1, button);
    connect(button, &QAbstractButton::clicked, this, [this, place] { emit chosen(place); });
}

void Rail::setCurrent(PlaceId place)
{
    if (place == PlaceId::Run)
        place = PlaceId::Runs;
    for (auto it = buttons_.cbegin(); it != buttons_.cend(); ++it)
        it.value()->setIsCurrent(it.key() == place);
}

void Rail::setBadge(PlaceId place, int count)
{
    if (auto* button = buttons_.value(place))
        button->setBadge(count);
}

void Rail::paintEvent(QPaintEvent*)
{
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.fillRect(rect(), t.rail);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    painter.fillRect(QRect(mirrored ? 0 : width() - 1, 0, 1, height()), t.border);
    for (const auto* button : buttons_) {
        if (!button->isCurrent() || button->text().isEmpty())
            continue;
        const QRect entry = button->geometry();
        const int x = mirrored ? width() - kBarWidth : 0;
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawRect(QRect(x, entry.top() + space::k8, kBarWidth, entry.height() - space::k16));
    }
}

} // namespace lyceum::ui
