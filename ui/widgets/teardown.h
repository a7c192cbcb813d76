#pragma once

#include <QWidget>

namespace lyceum::ui {

/// For the destructor of a page that owns both models and the widgets that show them: deletes the
/// widgets while the page is whole. Left to QWidget, a field that loses the focus would call into
/// models that are gone.
inline void deleteWidgets(QWidget& page)
{
    qDeleteAll(page.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

} // namespace lyceum::ui
