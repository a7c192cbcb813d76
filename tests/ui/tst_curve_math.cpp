#include "tests/ui/support/ui_test.h"
#include "ui/plots/curve_math.h"
#include "ui/plots/plot_view.h"

#include <QElapsedTimer>

#include <random>

using namespace lyceum::ui;
using curve::Columns;
using curve::Range;

namespace {

struct Curve {
    std::vector<double> x;
    std::vector<double> y;
    [[nodiscard]] Columns columns() const { return {.step = x, .x = x, .y = y}; }
};

Curve noisy(std::size_t count)
{
    Curve out;
    std::mt19937 random(1);
    std::normal_distribution<double> noise;
    for (std::size_t i = 0; i < count; ++i) {
        out.x.push_back(static_cast<double>(i));
        out.y.push_back(noise(random));
    }
    return out;
}

} // namespace

class TestCurveMath : public QObject {
    Q_OBJECT

private slots:
    void decimationKeepsEverySpike()
    {
        Curve data = noisy(100000);
        data.y[54321] = 99.0;
        data.y[777] = -99.0;
        const auto points = curve::decimate(data.columns(), {.lower = 0, .upper = 99999}, 500);
        QVERIFY(points.size() <= 2 * 502);
        const auto has = [&points](double y) {
            return std::ranges::any_of(points, [y](const QPointF& p) { return p.y() == y; });
        };
        QVERIFY(has(99.0));
        QVERIFY(has(-99.0));
        QVERIFY(std::ranges::is_sorted(points, {}, &QPointF::x));
    }

    void shortCurvesAreDrawnWhole()
    {
        const Curve data = noisy(50);
        QCOMPARE(curve::decimate(data.columns(), {.lower = 0, .upper = 49}, 500).size(), 50u);
    }

    void notANumberIsLeftOutWithoutLosingNeighbours()
    {
        Curve data = noisy(10);
        data.y[4] = std::nan("");
        QCOMPARE(curve::decimate(data.columns(), {.lower = 0, .upper = 9}, 100).size(), 9u);
    }

    void smoothingKeepsAConstantAndAStraightLineInTheMiddle()
    {
        Curve data;
        for (int i = 0; i < 200; ++i) {
            data.x.push_back(i);
            data.y.push_back(2.0 + 0.5 * i);
        }
        for (const QPointF& p :
             curve::smooth(data.columns(), {.lower = 60, .upper = 140}, 12, 1000))
            QVERIFY(std::abs(p.y() - (2.0 + 0.5 * p.x())) < 1e-9);
    }

    void smoothingEqualsTheGaussianMean()
    {
        const Curve data = noisy(300);
        const auto at = curve::smoothAt(data.columns(), 150, 12);
        double sum = 0;
        double total = 0;
        for (std::size_t i = 0; i < 300; ++i) {
            const double d = (data.x[i] - 150.0) / 6.0;
            if (std::abs(d) > 3.0)
                continue;
            sum += std::exp(-0.5 * d * d) * data.y[i];
            total += std::exp(-0.5 * d * d);
        }
        QVERIFY(at.has_value());
        QVERIFY(std::abs(*at - sum / total) < 1e-12);
    }

    void smoothingDoesNotDependOnHowLongTheRunIs()
    {
        const Curve data = noisy(1000);
        Curve start{.x = {data.x.begin(), data.x.begin() + 500},
                    .y = {data.y.begin(), data.y.begin() + 500}};
        QCOMPARE(*curve::smoothAt(start.columns(), 250, 12),
                 *curve::smoothAt(data.columns(), 250, 12));
    }

    void robustRangeIgnoresAHugeFirstLoss()
    {
        Curve data = noisy(1000);
        data.y[0] = 1000;
        const auto range = curve::robustRange(data.y);
        QVERIFY(range.has_value());
        QVERIFY(range->upper < 4);
        QVERIFY(range->lower > -4);
        QVERIFY(!curve::robustRange({}).has_value());
    }

    void tickStepsAreOneTwoFive()
    {
        QCOMPARE(curve::tickStep(1218, 7), 200.0);
        QCOMPARE(curve::tickStep(1.0, 4), 0.2);
        QCOMPARE(curve::tickStep(0.47, 5), 0.1);
        QCOMPARE(curve::tickStep(0, 5), 1.0);
    }

    void roundedRangeHoldsItsDataAndIsNeverEmpty()
    {
        const Range range = curve::roundedRange({.lower = 1.213, .upper = 1.687}, 0.1);
        QVERIFY(std::abs(range.lower - 1.2) < 1e-12 && std::abs(range.upper - 1.7) < 1e-12);
        QVERIFY(curve::roundedRange({.lower = 2, .upper = 2}, 1).size() > 0);
    }

    void nearestIndexPicksTheCloserPoint()
    {
        const std::vector<double> x{0, 10, 20};
        QCOMPARE(*curve::nearestIndex(x, 4), 0u);
        QCOMPARE(*curve::nearestIndex(x, 6), 1u);
        QCOMPARE(*curve::nearestIndex(x, 99), 2u);
        QVERIFY(!curve::nearestIndex({}, 1));
    }

    void zoomStaysWhileDataArrives()
    {
        PlotView view;
        view.setExtent(0, 100, 1000, 200);
        QCOMPARE(view.range(), (Range{.lower = 0, .upper = 1000}));
        view.zoomTo({.lower = 20, .upper = 60});
        QCOMPARE(view.mode(), ViewMode::Zoomed);
        view.setExtent(0, 500, 1000, 200);
        QCOMPARE(view.range(), (Range{.lower = 20, .upper = 60}));
        view.zoomTo({.lower = 30, .upper = 40});
        view.zoomBack();
        QCOMPARE(view.range(), (Range{.lower = 20, .upper = 60}));
        view.zoomBack();
        QCOMPARE(view.mode(), ViewMode::Whole);
    }

    void followShowsTheLastSteps()
    {
        PlotView view;
        view.setExtent(0, 742, 1218, 200);
        view.setMode(ViewMode::Follow);
        QCOMPARE(view.range(), (Range{.lower = 542, .upper = 742}));
    }

    void zoomingOutEverythingIsTheWholeRun()
    {
        PlotView view;
        view.setExtent(0, 100, 1000, 200);
        view.zoomTo({.lower = 20, .upper = 60});
        view.zoomTo({.lower = -500, .upper = 5000});
        QCOMPARE(view.mode(), ViewMode::Whole);
    }

    void aMillionPointsAreReadyWithinAFrame()
    {
        const Curve data = noisy(1'000'000);
        QElapsedTimer timer;
        timer.start();
        const auto drawn = curve::decimate(data.columns(), {.lower = 0, .upper = 1e6}, 1000);
        const auto line = curve::smooth(data.columns(), {.lower = 0, .upper = 1e6}, 12, 1000);
        QVERIFY(!drawn.empty() && !line.empty());
        // A frame is 33 ms on a quiet machine; ten of them leave room for a busy one.
        QVERIFY2(timer.elapsed() < 330, qPrintable(QString::number(timer.elapsed())));
    }
};

LYCEUM_UI_TEST_MAIN(TestCurveMath)
#include "tst_curve_math.moc"
