#pragma once

#include "ui/theme/tokens.h"

#include <QIcon>
#include <QWidget>

namespace lyceum::ui {

/// A decorative icon that follows the theme. The word beside it carries the meaning, so a screen
/// reader skips it.
class IconLabel final : public QWidget {
    Q_OBJECT

public:
    explicit IconLabel(const QString& iconName, Role role = Role::Text2,
                       int size = measure::kIconSmall, QWidget* parent = nullptr);

    void setIcon(const QString& iconName, Role role);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QIcon icon_;
    int size_;
};

} // namespace lyceum::ui
