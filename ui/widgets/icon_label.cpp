#include "ui/widgets/icon_label.h"

#include "ui/theme/icons.h"

#include <QPainter>

namespace lyceum::ui {

IconLabel::IconLabel(const QString& iconName, Role role, int size, QWidget* parent)
    : QWidget(parent), icon_(themeIcon(iconName, role)), size_(size)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void IconLabel::setIcon(const QString& iconName, Role role)
{
    icon_ = themeIcon(iconName, role);
    update();
}

QSize IconLabel::sizeHint() const
{
    return {size_, size_};
}

void IconLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    icon_.paint(&painter, rect());
}

} // namespace lyceum::ui
