#include "ui/panels/run/run_marks.h"

#include "ui/models/format.h"

#include <QCoreApplication>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;
using Shape = EventLane::Shape;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("run_marks", text);
}

void addCheckpoints(const RunModel& run, const AxisMap& map, RunMarks& out)
{
    for (const auto& checkpoint : run.checkpoints()) {
        const double x = map.map(static_cast<double>(checkpoint.step));
        const bool isBest = checkpoint.is_best && checkpoint.is_kept;
        const QString step = format::count(checkpoint.step);
        out.lane.append({.x = x,
                         .shape = !checkpoint.is_kept ? Shape::Removed
                                  : isBest            ? Shape::Best
                                                      : Shape::Checkpoint,
                         .label = isBest ? tr("best") : QString(),
                         .text = !checkpoint.is_kept ? tr("Checkpoint %1, removed.").arg(step)
                                 : isBest ? tr("Checkpoint %1, the best so far.").arg(step)
                                          : tr("Checkpoint %1.").arg(step)});
        if (isBest)
            out.rules.append({.x = x, .role = Role::Good});
    }
}

void addEvents(const RunModel& run, const AxisMap& map, RunMarks& out)
{
    for (const auto& event : run.events()) {
        const double x = map.map(static_cast<double>(event.step));
        const QString text = QString::fromStdString(event.text);
        if (event.kind == "fault" || event.kind == "warning") {
            const bool isFault = event.kind == "fault";
            out.lane.append({.x = x,
                             .shape = Shape::Fault,
                             .label = isFault ? tr("fault") : tr("warning"),
                             .text = text});
            out.rules.append({.x = x, .role = Role::Fault});
        } else if (event.kind == "resumed") {
            out.lane.append({.x = x, .shape = Shape::Person, .label = tr("resumed"), .text = text});
            out.rules.append({.x = x, .role = Role::Accent});
        } else if (event.kind == "paused") {
            out.lane.append({.x = x, .shape = Shape::Person, .label = tr("paused"), .text = text});
        } else if (event.kind == "command") {
            out.lane.append({.x = x, .shape = Shape::Person, .label = {}, .text = text});
        } else if (event.kind == "validation") {
            out.lane.append({.x = x, .shape = Shape::Tick, .label = {}, .text = text});
        }
    }
}

} // namespace

RunMarks marksOf(const RunModel& run, const AxisMap& map)
{
    RunMarks out;
    addEvents(run, map, out);
    addCheckpoints(run, map, out);
    std::ranges::stable_sort(out.lane, {}, &EventLane::Mark::x);
    const auto& checkpoints = run.checkpoints();
    const auto kept = std::ranges::count_if(checkpoints, &store::CheckpointRow::is_kept);
    if (!checkpoints.empty()) {
        const QString all = checkpoints.size() == 1 ? tr("1 checkpoint")
                                                    : tr("%1 checkpoints").arg(checkpoints.size());
        out.summary = all + u", "_s + tr("%1 kept").arg(kept);
    }
    return out;
}

} // namespace lyceum::ui
