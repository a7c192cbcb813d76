#pragma once

#include "ui/plots/curve_math.h"

#include <QList>
#include <QObject>

#include <optional>

namespace lyceum::ui {

enum class ViewMode : quint8 { Follow, Whole, Zoomed };

/// The x range and the cursor that all plots of a page share. The mode stays while data arrives:
/// a zoomed view does not move, a following one does.
class PlotView final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Where data is, and where it will end: `end` is at least `last`. `followWidth`: how much of
    /// it Follow shows.
    void setExtent(double first, double last, double end, double followWidth);
    [[nodiscard]] double last() const noexcept { return last_; }
    [[nodiscard]] double end() const noexcept { return end_; }

    [[nodiscard]] ViewMode mode() const noexcept { return mode_; }
    /// Follow or Whole; Zoomed goes back to the zoom last left, if there was one.
    void setMode(ViewMode mode);
    [[nodiscard]] curve::Range range() const;
    /// Enters Zoomed. A range too small for the axis is ignored.
    void zoomTo(const curve::Range& range);
    /// The range before this zoom; the whole when there was none.
    void zoomBack();

    [[nodiscard]] std::optional<double> cursor() const noexcept { return cursor_; }
    void setCursor(std::optional<double> x);

signals:
    void rangeChanged();
    void modeChanged();
    void cursorChanged();

private:
    double first_ = 0;
    double last_ = 0;
    double end_ = 1;
    double followWidth_ = 200;
    ViewMode mode_ = ViewMode::Whole;
    curve::Range zoom_;
    bool hasZoom_ = false;
    QList<curve::Range> history_;
    std::optional<double> cursor_;
};

} // namespace lyceum::ui
