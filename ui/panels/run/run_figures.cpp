#include "ui/panels/run/run_figures.h"

#include "core/jobs/run_figures.h"
#include "ui/models/format.h"
#include "ui/models/machine.h"
#include "ui/models/session.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace lyceum::ui {

using namespace Qt::StringLiterals;
using Figure = FigureStrip::Figure;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("run_figures", text);
}

std::optional<double> valueOf(const std::optional<store::SeriesPoint>& point)
{
    return point ? std::optional(point->value) : std::nullopt;
}

Figure progress(const store::RunRow& row)
{
    Figure figure{.caption = tr("Progress")};
    if (row.total_steps > 0) {
        figure.value =
            format::percent(static_cast<double>(row.step) / static_cast<double>(row.total_steps));
        figure.detail =
            tr("step %1 of %2").arg(format::count(row.step), format::count(row.total_steps));
    } else if (row.step > 0) {
        figure.value = format::count(row.step);
        figure.detail = tr("steps");
    }
    if (row.epoch > 0)
        figure.detail += u" · "_s + tr("epoch %1").arg(format::decimal(row.epoch, 2));
    return figure;
}

Figure timeLeft(const RunModel& run, const QDateTime& now)
{
    Figure figure{.caption = tr("Time left")};
    if (const auto left = run.secondsLeft()) {
        figure.value = format::duration(*left);
        const double end = static_cast<double>(now.toSecsSinceEpoch()) + *left;
        figure.detail = tr("finishes about %1").arg(format::clock(end, now));
    } else if (run.row().status == store::RunStatus::Paused) {
        figure.detail = tr("paused since %1").arg(format::clock(run.row().paused_at, now));
    } else if (run.row().status == store::RunStatus::Stopping) {
        figure.detail = tr("stops after saving");
    } else if (isActive(run.row().status)) {
        figure.detail = tr("known after a few steps");
    }
    return figure;
}

Figure timeTaken(const store::RunRow& row, const QDateTime& now)
{
    Figure figure{.caption = tr("Time")};
    if (row.started_at > 0 && row.ended_at >= row.started_at) {
        figure.value = format::duration(jobs::elapsed_seconds(row));
        figure.detail = tr("ended %1").arg(format::clock(row.ended_at, now));
    }
    return figure;
}

Figure validationLoss(const RunModel& run)
{
    Figure figure{.caption = tr("Validation loss")};
    const auto& points = run.series(u"val_loss"_s);
    if (points.empty()) {
        figure.detail = tr("no check yet");
        return figure;
    }
    const auto best = std::ranges::min_element(points, {}, &store::SeriesPoint::value);
    figure.value = format::loss(points.back().value);
    if (best->step == points.back().step) {
        figure.detail = points.size() > 1
                            ? tr("best so far, at step %1").arg(format::count(best->step))
                            : tr("first check, at step %1").arg(format::count(best->step));
        figure.detailRole = Role::Good;
    } else {
        figure.detail =
            tr("best %1 at step %2").arg(format::loss(best->value), format::count(best->step));
    }
    return figure;
}

Figure perplexity(const RunModel& run)
{
    Figure figure{.caption = tr("Perplexity")};
    const auto& points = run.series(u"perplexity"_s);
    if (points.empty())
        return figure;
    figure.value = format::perplexity(points.back().value);
    if (points.size() > 1)
        figure.detail =
            tr("was %1 at step %2")
                .arg(format::perplexity(points.front().value), format::count(points.front().step));
    return figure;
}

Figure speed(const RunModel& run)
{
    const auto& points = run.series(u"tokens_per_second"_s);
    Figure figure{.caption = tr("Speed"),
                  .value = format::rate(valueOf(run.latest(u"tokens_per_second"_s)))};
    if (points.size() > 1) {
        const double sum =
            std::accumulate(points.begin(), points.end(), 0.0,
                            [](double total, const auto& point) { return total + point.value; });
        figure.detail =
            tr("%1 on average").arg(format::rate(sum / static_cast<double>(points.size())));
    }
    return figure;
}

Figure memory(const RunModel& run)
{
    Figure figure{.caption = tr("Memory"),
                  .value = format::memory(valueOf(run.latest(u"memory_bytes"_s)))};
    const auto machine = machineMemory();
    if (machine && run.latest(u"memory_bytes"_s))
        figure.detail = tr("of %1 in this computer")
                            .arg(format::memory(static_cast<double>(machine->totalBytes)));
    return figure;
}

Figure lastSaved(const RunModel& run, const QDateTime& now)
{
    Figure figure{.caption = tr("Last good checkpoint")};
    if (const auto checkpoint = run.lastCheckpoint()) {
        figure.value = format::count(checkpoint->step);
        figure.detail = tr("saved %1").arg(format::clock(checkpoint->time, now));
        figure.detailRole = Role::Good;
    } else {
        figure.detail = tr("none was saved");
        figure.detailRole = Role::Fault;
    }
    return figure;
}

Figure toRepeat(const RunModel& run)
{
    const std::int64_t steps = stepsToRepeat(run);
    return {.caption = tr("To repeat"),
            .value = steps == 1 ? tr("1 step") : tr("%1 steps").arg(format::count(steps)),
            .detail = steps > 0 ? tr("since the last checkpoint") : tr("nothing is lost"),
            .detailRole = steps > 0 ? Role::Fault : Role::Good};
}

} // namespace

std::int64_t stepsToRepeat(const RunModel& run)
{
    const auto checkpoint = run.lastCheckpoint();
    return std::max<std::int64_t>(0, run.row().step - (checkpoint ? checkpoint->step : 0));
}

QList<Figure> figuresOf(const RunModel& run, const QDateTime& now)
{
    using enum store::RunStatus;
    const auto& row = run.row();
    if (row.status == Failed || row.status == Lost)
        return {progress(row),       lastSaved(run, now), toRepeat(run),
                validationLoss(run), perplexity(run),     memory(run)};
    const bool hasEnded = row.status == Finished || row.status == Stopped;
    return {progress(row),       hasEnded ? timeTaken(row, now) : timeLeft(run, now),
            validationLoss(run), perplexity(run),
            speed(run),          memory(run)};
}

} // namespace lyceum::ui
