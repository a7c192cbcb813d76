#pragma once

/// @file
/// Plots as pictures and numbers to take away: always light, with title, run, units and date.

#include "core/base/result.h"

#include <QImage>
#include <QList>
#include <QString>

#include <span>

namespace lyceum::ui {

class EventLane;
class LinePlot;

/// What a picture shows, top to bottom.
struct PlotPage {
    QString title; ///< The run.
    QString note;  ///< Date and program.
    EventLane* lane = nullptr;
    QList<LinePlot*> plots;
};

[[nodiscard]] QImage plotImage(const PlotPage& page, double scale);
/// @return Io with the path.
[[nodiscard]] Result<void> savePng(const PlotPage& page, double scale, const QString& path);
[[nodiscard]] Result<void> saveSvg(const PlotPage& page, const QString& path);

/// One value of a run for savePointsCsv.
struct PlotPoint {
    qint64 step = 0;
    double time = 0;   ///< Unix seconds.
    double tokens = 0; ///< Not a number where unknown: an empty cell.
    QString name;
    double value = 0;
};
/// Columns step, time, tokens, name, value: raw, not decimated, with full precision.
[[nodiscard]] Result<void> savePointsCsv(std::span<const PlotPoint> points, const QString& path);

} // namespace lyceum::ui
