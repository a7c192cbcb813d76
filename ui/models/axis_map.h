#pragma once

#include "ui/models/run_model.h"

#include <QString>

namespace lyceum::ui {

enum class Axis : quint8 { Step, Tokens, Time, Epoch };

/// Where a step stands on the chosen x axis: tokens seen, seconds since the start, or epochs.
/// A snapshot of the run; make a new one when the series have grown.
class AxisMap {
public:
    AxisMap(Axis axis, const RunModel& run);

    /// Between recorded steps by straight lines; beyond the last at the run's mean pace. Never
    /// falls.
    [[nodiscard]] double map(double step) const;
    /// Where the run will end; map(last step) while that is not known.
    [[nodiscard]] double end() const;
    [[nodiscard]] double last() const;

    /// False where the run has not recorded what this axis needs.
    [[nodiscard]] static bool isAvailable(Axis axis, const RunModel& run);
    /// "step", "tokens", "time", "epoch".
    [[nodiscard]] static QString name(Axis axis);
    [[nodiscard]] static QString write(Axis axis, double value);

private:
    Axis axis_;
    double lastStep_ = 0;
    double totalSteps_ = 0;
    std::vector<double> steps_;
    std::vector<double> values_;
};

} // namespace lyceum::ui
