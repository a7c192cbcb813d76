#pragma once

/// @file
/// What LinePlot keeps of a series. Only its own sources include this.

#include "ui/plots/line_plot.h"
#include "ui/plots/plot_ticker.h"

namespace lyceum::ui {

struct LinePlot::Data {
    std::vector<double> step;
    std::vector<double> x;
    std::vector<double> y;
    QCPGraph* raw = nullptr;    ///< Kind::Curve only.
    QCPGraph* line = nullptr;   ///< What stands for the series.
    QCPGraph* unsure = nullptr; ///< The end of a smoothed line that will still move.

    [[nodiscard]] curve::Columns columns() const { return {.step = step, .x = x, .y = y}; }
};

/// Transparent child above the lines: what changes with the cursor is drawn here, so that moving it
/// does not draw the curves again.
class LinePlot::Overlay final : public QWidget {
public:
    explicit Overlay(LinePlot* plot) : QWidget(plot), owner_(plot)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    LinePlot* owner_;
};

namespace plot_layout {
inline constexpr int kTitleHeight = 26;
inline constexpr int kXLabelHeight = 38;
inline constexpr int kBottom = 10; ///< Half a line, or QCustomPlot leaves the lowest label out.
} // namespace plot_layout

} // namespace lyceum::ui
