#pragma once

#include "ui/widgets/styled.h"

class QHBoxLayout;
class QLabel;

namespace lyceum::ui {

class Pill;

/// Top of every page: title, state pill, one line of facts, buttons at the right.
class PageHeader final : public QWidget {
    Q_OBJECT

public:
    explicit PageHeader(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    [[nodiscard]] QString title() const;
    void setFacts(const QString& facts);
    /// An empty text hides the pill.
    void setState(const QString& text, Tone tone, const QString& iconName = {});
    /// Adds at the right, in reading order.
    void addButton(QWidget* button);
    /// Narrow windows drop the line of facts.
    void setNarrow(bool isNarrow);

private:
    QLabel* title_;
    Pill* pill_;
    QLabel* facts_;
    QHBoxLayout* buttons_;
    bool isNarrow_ = false;
};

} // namespace lyceum::ui
