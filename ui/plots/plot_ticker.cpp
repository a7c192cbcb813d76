#include "ui/plots/plot_ticker.h"

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

int PlotTicker::digits() const
{
    constexpr int kMost = 6;
    const int needed = -static_cast<int>(std::floor(std::log10(step_) + 1e-9));
    return std::clamp(needed, 0, kMost);
}

QVector<double> PlotTickerLog::createTickVector(double, const QCPRange& range)
{
    QVector<double> ticks;
    if (!(range.lower > 0))
        return ticks;
    for (double power = std::pow(10.0, std::floor(std::log10(range.lower))); power < range.upper;
         power *= 10.0)
        for (const double mantissa : {1.0, 2.0, 5.0})
            if (mantissa * power >= range.lower && mantissa * power <= range.upper)
                ticks.append(mantissa * power);
    return ticks;
}

} // namespace lyceum::ui
