#pragma once

#include <QWidget>

#include <cstdint>

class QLabel;
class QStackedWidget;
class QTableView;

namespace lyceum::ui {

class Button;
class CheckpointTableModel;
class EmptyState;
class EventLane;
class LinePlot;
class PlotView;
class RunModel;

/// Checkpoints: the loss curve with a line of what was saved, and a table; pick the model to keep.
class CheckpointsTab final : public QWidget {
    Q_OBJECT

public:
    explicit CheckpointsTab(RunModel& run, QWidget* parent = nullptr);

    [[nodiscard]] CheckpointTableModel& model() const noexcept { return *model_; }
    [[nodiscard]] QTableView& table() const noexcept { return *table_; }

signals:
    void tryAsked(std::int64_t step);
    void exportAsked(std::int64_t step);
    void resumeAsked(std::int64_t step);

private:
    void buildCurve();
    void buildTable();
    void buildPages();
    void refreshCurve();
    void refreshMarks();
    void refreshSummary();
    void refreshButtons();
    void select(int row);

    RunModel& run_;
    CheckpointTableModel* model_;
    PlotView* view_;
    LinePlot* loss_;
    EventLane* lane_;
    QTableView* table_;
    QStackedWidget* pages_;
    EmptyState* empty_;
    QLabel* title_;
    QLabel* onDisk_;
    Button* try_;
    Button* export_;
    Button* resume_;
    std::int64_t selectedStep_ = -1;
};

} // namespace lyceum::ui
