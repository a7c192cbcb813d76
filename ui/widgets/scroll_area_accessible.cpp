#include "ui/widgets/scroll_area_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

/// Every child widget is a child, hidden scroll bars with their state; QAccessibleWidget checks the
/// index. Views and text fields have interfaces of their own, under the names of their classes.
QAccessibleInterface* makeInterface(const QString& className, QObject* object)
{
    if ((className == "QScrollArea"_L1 || className == "QAbstractScrollArea"_L1) && object &&
        object->isWidgetType())
        return new QAccessibleWidget(static_cast<QWidget*>(object), QAccessible::Client);
    return nullptr;
}

} // namespace

void installScrollAreaAccessibility()
{
    static const bool kInstalled = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(kInstalled)
}

} // namespace lyceum::ui
