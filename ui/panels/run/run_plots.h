#pragma once

#include "ui/models/axis_map.h"
#include "ui/plots/plot_picture.h"
#include "ui/widgets/card.h"

#include <QHash>

class QSettings;
class QSlider;
class QVBoxLayout;

namespace lyceum::ui {

class Button;
class EventLane;
class LinePlot;
class PlotView;
class RunModel;
class SegmentedControl;

/// The plots of a run with their toolbar: loss, perplexity, learning rate, memory under a lane of
/// events; one x axis and one cursor for all.
class RunPlots final : public QFrame {
    Q_OBJECT

public:
    RunPlots(RunModel& run, QSettings& settings, QWidget* parent = nullptr);

    void setNarrow(bool isNarrow);
    [[nodiscard]] PlotView& view() const noexcept { return *view_; }
    [[nodiscard]] LinePlot& lossPlot() const noexcept { return *loss_; }
    [[nodiscard]] const QList<LinePlot*>& plots() const noexcept { return plots_; }
    /// Everything recorded, for a CSV file.
    [[nodiscard]] std::vector<PlotPoint> allPoints() const;

signals:
    void saved(const QString& path);
    void saveFailed(const QString& message, const QString& hint);

private:
    struct Line {
        LinePlot* plot;
        int series;
        QString metric;
        double factor; ///< From the stored value to the shown one.
        std::size_t drawn = 0;
    };

    void buildToolbar(QVBoxLayout* column);
    void buildPlots(QVBoxLayout* column);
    void buildModeControl();
    void buildSaveMenu();
    void connectRun();
    void setAxis(Axis axis);
    void restart();
    void appendNew();
    void appendLine(Line& line, const AxisMap& map);
    void refreshExtent(const AxisMap& map);
    void refreshMarks();
    void refreshEnd();
    void fitRateExponent();
    void refreshLimit();
    void save(const QString& kind);
    [[nodiscard]] PlotPage page() const;

    RunModel& run_;
    QSettings& settings_;
    PlotView* view_;
    Axis axis_ = Axis::Step;
    SegmentedControl* axisControl_ = nullptr;
    SegmentedControl* modeControl_ = nullptr;
    QSlider* smoothing_ = nullptr;
    Button* saveButton_ = nullptr;
    EventLane* lane_ = nullptr;
    LinePlot* loss_ = nullptr;
    LinePlot* perplexity_ = nullptr;
    LinePlot* rate_ = nullptr;
    LinePlot* memory_ = nullptr;
    QList<LinePlot*> plots_;
    std::vector<Line> lines_;
    int rateExponent_ = -4;
};

} // namespace lyceum::ui
