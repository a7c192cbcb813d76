#pragma once

#include "ui/models/run_model.h"
#include "ui/widgets/figure_strip.h"

#include <QDateTime>
#include <QList>

namespace lyceum::ui {

/// The six figures of a run for its state: running, ended well, or broken off.
[[nodiscard]] QList<FigureStrip::Figure> figuresOf(const RunModel& run, const QDateTime& now);

/// Steps since the last kept checkpoint: what a resume repeats. The whole run without one.
[[nodiscard]] std::int64_t stepsToRepeat(const RunModel& run);

} // namespace lyceum::ui
