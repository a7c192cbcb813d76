#pragma once

#include "ui/widgets/styled.h"

class QButtonGroup;
class QComboBox;
class QHBoxLayout;

namespace lyceum::ui {

/// One of a few, side by side; a combo box when narrow. Arrow keys move between the segments.
class SegmentedControl final : public QWidget {
    Q_OBJECT

public:
    /// `name` is what a screen reader calls the whole.
    explicit SegmentedControl(const QString& name, QWidget* parent = nullptr);

    /// @return the new segment's index.
    int addSegment(const QString& text, const QString& toolTip = {});
    void setCurrent(int index);
    [[nodiscard]] int current() const;
    [[nodiscard]] int count() const;
    void setNarrow(bool isNarrow);

signals:
    /// By the user only.
    void chosen(int index);

private:
    void restyle();

    QHBoxLayout* row_;
    QButtonGroup* group_;
    QComboBox* combo_;
};

} // namespace lyceum::ui
