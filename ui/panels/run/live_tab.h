#pragma once

#include <QWidget>

class QSettings;
class QSplitter;
class QStackedWidget;

namespace lyceum::ui {

class EmptyState;
class FigureStrip;
class RunModel;
class RunPlots;
class SidePanel;

/// Live: six figures, the plots, samples and events. Says what it waits for while nothing is
/// recorded.
class LiveTab final : public QWidget {
    Q_OBJECT

public:
    LiveTab(RunModel& run, QSettings& settings, QWidget* parent = nullptr);

    void setNarrow(bool isNarrow);
    /// Brings figures up to date; called on changes and every second, as time passes.
    void refresh();
    [[nodiscard]] RunPlots& plots() const noexcept { return *plots_; }
    [[nodiscard]] FigureStrip& figures() const noexcept { return *figures_; }
    [[nodiscard]] EmptyState& waiting() const noexcept { return *waiting_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    RunModel& run_;
    QSettings& settings_;
    FigureStrip* figures_;
    RunPlots* plots_;
    EmptyState* waiting_;
    QStackedWidget* plotPages_;
    SidePanel* side_;
    QSplitter* splitter_;
};

} // namespace lyceum::ui
