#include "ui/models/axis_map.h"

#include "ui/models/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString seriesName(Axis axis)
{
    switch (axis) {
    case Axis::Tokens:
        return u"tokens"_s;
    case Axis::Epoch:
        return u"epoch"_s;
    case Axis::Time:
    case Axis::Step:
        break;
    }
    return u"train_loss"_s;
}

} // namespace

AxisMap::AxisMap(Axis axis, const RunModel& run)
    : axis_(axis)
    , lastStep_(static_cast<double>(run.row().step))
    , totalSteps_(static_cast<double>(run.row().total_steps))
{
    if (axis == Axis::Step)
        return;
    const auto& points = run.series(seriesName(axis));
    steps_.reserve(points.size() + 1);
    values_.reserve(points.size() + 1);
    steps_.push_back(0);
    values_.push_back(0);
    const double start = run.row().started_at;
    for (const auto& point : points) {
        if (point.step <= 0)
            continue;
        const double value = axis == Axis::Time ? point.time - start : point.value;
        steps_.push_back(static_cast<double>(point.step));
        values_.push_back(std::max(value, values_.back()));
    }
}

double AxisMap::map(double step) const
{
    if (axis_ == Axis::Step)
        return step;
    if (steps_.size() < 2)
        return 0;
    const auto after = std::ranges::lower_bound(steps_, step);
    if (after == steps_.end())
        return values_.back() * step / steps_.back();
    const auto i = static_cast<std::size_t>(after - steps_.begin());
    if (i == 0 || *after == step)
        return values_[i];
    const double share = (step - steps_[i - 1]) / (steps_[i] - steps_[i - 1]);
    return values_[i - 1] + share * (values_[i] - values_[i - 1]);
}

double AxisMap::last() const
{
    return map(lastStep_);
}

double AxisMap::end() const
{
    return std::max(map(std::max(totalSteps_, lastStep_)), last());
}

bool AxisMap::isAvailable(Axis axis, const RunModel& run)
{
    return axis == Axis::Step || !run.series(seriesName(axis)).empty();
}

QString AxisMap::name(Axis axis)
{
    switch (axis) {
    case Axis::Step:
        return QCoreApplication::translate("axis", "step");
    case Axis::Tokens:
        return QCoreApplication::translate("axis", "tokens");
    case Axis::Time:
        return QCoreApplication::translate("axis", "time");
    case Axis::Epoch:
        return QCoreApplication::translate("axis", "epoch");
    }
    return {};
}

QString AxisMap::write(Axis axis, double value)
{
    switch (axis) {
    case Axis::Time:
        return format::duration(value);
    case Axis::Epoch: {
        const QString text = format::decimal(value, 2);
        return text;
    }
    case Axis::Step:
    case Axis::Tokens:
        break;
    }
    return format::count(std::llround(value));
}

} // namespace lyceum::ui
