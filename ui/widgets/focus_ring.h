#pragma once

#include <QPointer>
#include <QWidget>

namespace lyceum::ui {

/// The ring around whatever has the keyboard focus: 2 px accent, 2 px outside. Shown only while the
/// keyboard moves the focus. One per window, its child.
class FocusRing final : public QWidget {
    Q_OBJECT

public:
    explicit FocusRing(QWidget* window);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void follow(QWidget* widget);
    void place();

    QPointer<QWidget> target_;
    bool isKeyboard_ = false;
};

} // namespace lyceum::ui
