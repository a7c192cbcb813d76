#pragma once

#include "core/store/run_rows.h"

#include <QString>
#include <QWidget>

class QVBoxLayout;

namespace lyceum::ui {

/// Where other programs find a run's curves: a line a tracker, with its folder and the command that
/// shows it. Takes no room for a run without trackers.
class TrackerList final : public QWidget {
    Q_OBJECT

public:
    explicit TrackerList(QWidget* parent = nullptr);

    /// Reads the run's folder again; lines stay where nothing changed.
    void reload(const store::RunRow& run);

private:
    void addLine(const QString& text, const QString& folder, const QString& command);

    QVBoxLayout* lines_;
    QString shown_;
};

} // namespace lyceum::ui
