#include "ui/widgets/button.h"

#include "ui/theme/icons.h"
#include "ui/widgets/styled.h"

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString kindName(ButtonKind kind)
{
    switch (kind) {
    case ButtonKind::Filled:
        return u"filled"_s;
    case ButtonKind::Outlined:
        return u"outlined"_s;
    case ButtonKind::Link:
        return u"link"_s;
    }
    return {};
}

QString sizeName(ButtonSize size)
{
    switch (size) {
    case ButtonSize::Small:
        return u"small"_s;
    case ButtonSize::Normal:
        return u"normal"_s;
    case ButtonSize::Large:
        return u"large"_s;
    }
    return {};
}

} // namespace

Button::Button(const QString& text, const QString& iconName, ButtonKind kind, ButtonSize size,
               QWidget* parent)
    : QPushButton(text, parent), iconName_(iconName), kind_(kind)
{
    setProperty("kind", kindName(kind));
    setProperty("size", sizeName(size));
    setCursor(kind == ButtonKind::Link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    // The style leaves 4 px between icon and text; the icon brings the rest.
    const int gap = text.isEmpty() ? 0 : space::k4;
    setIconSize({measure::kIconSmall + gap, measure::kIconSmall});
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    refreshIcon();
    setProperty("scale", sizeName(size)); // "size" is QWidget's own
}

void Button::setKind(ButtonKind kind)
{
    kind_ = kind;
    setStyleProperty(this, "kind", kindName(kind));
    refreshIcon();
}

void Button::setIconName(const QString& iconName)
{
    iconName_ = iconName;
    refreshIcon();
}

void Button::setSpokenName(const QString& name)
{
    setAccessibleName(name);
    setToolTip(name);
}

void Button::refreshIcon()
{
    if (iconName_.isEmpty()) {
        setIcon({});
        return;
    }
    const Role role = kind_ == ButtonKind::Filled ? Role::OnAccent
                      : kind_ == ButtonKind::Link ? Role::Accent
                                                  : Role::Text2;
    setIcon(themeIcon(iconName_, role));
}

} // namespace lyceum::ui
