#pragma once

/// @file
/// Ticks at 1, 2 and 5 with labels written by the plot's own format. Only ui/plots includes this.

#include "ui/models/format.h"
#include "ui/plots/line_plot.h"

#include <qcustomplot.h>

namespace lyceum::ui {

class PlotTicker final : public QCPAxisTicker {
public:
    explicit PlotTicker(int count) { setTickCount(count); }
    void setFormat(NumberFormat format) { format_ = std::move(format); }
    /// Ticks this far apart whatever the range; 0: as the range asks.
    void setFixedStep(double step) { fixedStep_ = step; }

protected:
    double getTickStep(const QCPRange& range) override
    {
        step_ = fixedStep_ > 0 ? fixedStep_ : curve::tickStep(range.size(), tickCount());
        return step_;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override
    {
        return format_ ? format_(tick) : format::decimal(tick, digits(), locale);
    }

private:
    /// As many as the step needs, so that all labels have the same.
    [[nodiscard]] int digits() const;

    NumberFormat format_;
    double step_ = 1.0;
    double fixedStep_ = 0.0;
};

class PlotTickerLog final : public QCPAxisTickerLog {
public:
    void setFormat(NumberFormat format) { format_ = std::move(format); }

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override
    {
        return format_ ? format_(tick) : locale.toString(tick);
    }

private:
    NumberFormat format_;
};

} // namespace lyceum::ui
