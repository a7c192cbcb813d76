#pragma once

#include "ui/theme/tokens.h"

#include <QList>
#include <QString>
#include <QWidget>

namespace lyceum::ui {

class PlotView;

/// The line above the plots on which things happened: squares for checkpoints, green for the best,
/// a diamond for what a person did, a triangle for a fault, a tick for an evaluation.
class EventLane final : public QWidget {
    Q_OBJECT

public:
    enum class Shape : quint8 { Checkpoint, Removed, Best, Person, Fault, Tick };
    struct Mark {
        double x = 0;
        Shape shape = Shape::Tick;
        QString label; ///< Shown above where there is room; may be empty.
        QString text;  ///< The whole sentence, as a tooltip.
    };

    /// `view` outlives the lane.
    EventLane(const QString& title, PlotView& view, QWidget* parent = nullptr);

    void setMarks(const QList<Mark>& marks);
    /// Said at the right: "7 checkpoints, 3 kept".
    void setSummary(const QString& summary);
    [[nodiscard]] QSize sizeHint() const override;
    void render(QPainter& painter, const Tokens& colors) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect lane() const;
    [[nodiscard]] double pixelOf(double x) const;
    void paintShape(QPainter& painter, const Tokens& colors, const Mark& mark) const;

    QString title_;
    PlotView& view_;
    QList<Mark> marks_;
    QString summary_;
};

} // namespace lyceum::ui
