#pragma once

#include "ui/shell/location.h"

#include <QAbstractButton>
#include <QHash>

class QVBoxLayout;

namespace lyceum::ui {

/// One entry of the rail: icon over label, an accent bar when open, a badge with a count.
class RailButton final : public QAbstractButton {
    Q_OBJECT

public:
    RailButton(const QString& text, const QString& iconName, QWidget* parent = nullptr);

    /// The filled square on top ("New run") instead of an entry.
    void setIsMain(bool isMain);
    /// Not Qt's "checked": a screen reader presses what can be pressed, but only toggles what can
    /// be checked.
    void setIsCurrent(bool isCurrent);
    [[nodiscard]] bool isCurrent() const { return isCurrent_; }
    void setBadge(int count);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintMain(QPainter& painter) const;
    void paintEntry(QPainter& painter) const;

    QString iconName_;
    bool isMain_ = false;
    bool isCurrent_ = false;
    int badge_ = 0;
};

/// The places of the window, top to bottom.
class Rail final : public QWidget {
    Q_OBJECT

public:
    explicit Rail(QWidget* parent = nullptr);

    void addPlace(PlaceId place, const QString& text, const QString& iconName,
                  const QKeySequence& shortcut);
    void setCurrent(PlaceId place);
    void setBadge(PlaceId place, int count);

signals:
    void chosen(lyceum::ui::PlaceId place);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* column_;
    QHash<PlaceId, RailButton*> buttons_;
};

} // namespace lyceum::ui
