#pragma once

#include "ui/shell/location.h"

#include <QList>
#include <QObject>

namespace lyceum::ui {

/// Where the window is and was. Places call go(); the window listens to moved().
class Navigator final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Moves there and drops what was forward. The same location again reopens it, without history.
    void go(const Location& location);
    /// The page moved within itself (another tab): current() changes and `back` returns to the old
    /// one; the page is not opened again.
    void note(const Location& location);
    void back();
    void forward();
    [[nodiscard]] bool canGoBack() const noexcept { return position_ > 0; }
    [[nodiscard]] bool canGoForward() const noexcept { return position_ + 1 < history_.size(); }
    [[nodiscard]] Location current() const { return history_.value(position_); }

signals:
    void moved(const lyceum::ui::Location& location);
    void historyChanged();

private:
    void push(const Location& location);

    QList<Location> history_;
    qsizetype position_ = -1;
};

} // namespace lyceum::ui
