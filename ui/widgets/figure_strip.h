#pragma once

#include "ui/widgets/card.h"

#include <QList>

class QLabel;

namespace lyceum::ui {

/// A row of figures: caption, value, and a plain comparison beneath.
class FigureStrip final : public QFrame {
    Q_OBJECT

public:
    struct Figure {
        QString caption;
        QString value;
        QString detail;
        Role detailRole = Role::Text3;
    };

    explicit FigureStrip(int count, QWidget* parent = nullptr);

    void setFigure(int index, const Figure& figure);
    [[nodiscard]] const Figure& figure(int index) const { return figures_[index]; }
    /// Narrow windows drop the comparison and use a smaller figure.
    void setNarrow(bool isNarrow);

private:
    struct Cell {
        QLabel* caption;
        QLabel* value;
        QLabel* detail;
    };
    QList<Figure> figures_;
    QList<Cell> cells_;
    bool isNarrow_ = false;
};

} // namespace lyceum::ui
