#pragma once

#include <QWidget>

class QPlainTextEdit;
class QLabel;

namespace lyceum::ui {

class RunModel;
class TrackerList;

/// Setup: what this run really is, read from its folder: resolved run.yaml and environment.json;
/// and where other programs find its curves.
class SetupTab final : public QWidget {
    Q_OBJECT

public:
    explicit SetupTab(RunModel& run, QWidget* parent = nullptr);

    /// Reads the files again; cheap, called when the tab opens and when the run's state changes.
    void reload();

private:
    RunModel& run_;
    QPlainTextEdit* yaml_;
    QPlainTextEdit* environment_;
    QLabel* folder_;
    TrackerList* trackers_;
};

} // namespace lyceum::ui
