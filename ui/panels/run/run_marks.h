#pragma once

#include "ui/models/axis_map.h"
#include "ui/plots/event_lane.h"
#include "ui/plots/line_plot.h"

#include <QList>
#include <QString>

namespace lyceum::ui {

/// What happened in a run, as the plots show it.
struct RunMarks {
    QList<EventLane::Mark> lane;
    QList<LinePlot::Rule> rules; ///< Through all plots: the best checkpoint, faults, resumes.
    QString summary;             ///< "7 checkpoints, 3 kept"
};

/// Marks in the order of their steps; checkpoints from their table, so that removed ones are
/// hollow.
[[nodiscard]] RunMarks marksOf(const RunModel& run, const AxisMap& map);

} // namespace lyceum::ui
