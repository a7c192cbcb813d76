#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace lyceum::ui {

class Button;

/// What a page or panel shows when there is nothing yet: what belongs here and how to get it.
class EmptyState final : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString& iconName, const QString& title, const QString& text,
               QWidget* parent = nullptr);

    void setTexts(const QString& title, const QString& text);
    /// @return the button, to be connected by the caller. Filled where it is the page's next step.
    Button* addAction(const QString& text, const QString& iconName, bool isPrimary);

private:
    QLabel* title_;
    QLabel* text_;
    QHBoxLayout* actions_;
};

} // namespace lyceum::ui
