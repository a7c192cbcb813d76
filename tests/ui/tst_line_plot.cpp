#include "tests/ui/support/ui_test.h"
#include "ui/plots/line_plot.h"
#include "ui/plots/plot_picture.h"
#include "ui/plots/plot_view.h"

#include <QAccessible>
#include <QAccessibleInterface>
#include <QFile>
#include <QSignalSpy>
#include <QWheelEvent>

#include <cmath>

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

/// A plot of a falling curve with four validations, 1..200 of 400 steps.
struct Plot {
    PlotView view;
    LinePlot plot{u"Loss"_s, view};

    Plot()
    {
        plot.addSeries({.name = u"training"_s, .color = 0, .kind = LinePlot::Kind::Curve});
        plot.addSeries({.name = u"validation"_s, .color = 1, .kind = LinePlot::Kind::Points});
        plot.setXFormat([](double v) { return QString::number(std::lround(v)); }, u"step"_s);
        plot.setValueFormat([](double v) { return QString::number(v, 'f', 3); },
                            [](double v) { return QString::number(v); });
        std::vector<double> step;
        std::vector<double> loss;
        for (int i = 1; i <= 200; ++i) {
            step.push_back(i);
            loss.push_back(1.0 + 1.0 / i + (i % 2 == 0 ? 0.01 : -0.01));
        }
        plot.append(0, {.step = step, .x = step, .y = loss});
        const std::vector<double> checks{50, 100, 150, 200};
        const std::vector<double> losses{1.3, 1.2, 1.15, 1.1};
        plot.append(1, {.step = checks, .x = checks, .y = losses});
        view.setExtent(0, 200, 400, 100);
        plot.resize(900, 300);
        plot.show();
        plot.refreshNow();
    }
};

/// Whether the inside of the axes has a pixel of this colour.
bool shows(LinePlot& plot, const QColor& color)
{
    const QImage image =
        plot.grab({measure::kPlotGutterLeft, 0,
                   plot.width() - measure::kPlotGutterLeft - measure::kPlotReadout, plot.height()})
            .toImage();
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixelColor(x, y) == color)
                return true;
    return false;
}

} // namespace

class TestLinePlot : public QObject {
    Q_OBJECT

private slots:
    void withoutCursorTheLatestValuesAreRead()
    {
        Plot p;
        const auto readings = p.plot.readings();
        QCOMPARE(readings.size(), 2);
        QVERIFY(readings[0].detail.startsWith(u"raw 1.015"_s));
        QCOMPARE(readings[1].value, u"1.100"_s);
        QCOMPARE(readings[1].detail, u"at step 200"_s);
    }

    void atTheCursorValidationIsTheNearestMarkerUnsmoothed()
    {
        Plot p;
        p.view.setCursor(110);
        QCOMPARE(p.plot.readings()[1].value, u"1.200"_s);
        QCOMPARE(p.plot.readings()[1].detail, u"at step 100"_s);
    }

    void beyondItsDataALineSaysNothing()
    {
        Plot p;
        p.view.setCursor(350);
        QVERIFY(p.plot.readings()[0].value.isEmpty());
    }

    void arrowsMoveTheCursorByPointsAndSaySo()
    {
        Plot p;
        p.plot.setFocus();
        QTest::keyClick(&p.plot, Qt::Key_End);
        QCOMPARE(*p.view.cursor(), 200.0);
        QTest::keyClick(&p.plot, Qt::Key_Left);
        QCOMPARE(*p.view.cursor(), 199.0);
        QTest::keyClick(&p.plot, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(*p.view.cursor(), 189.0);
        QTest::keyClick(&p.plot, Qt::Key_Home);
        QCOMPARE(*p.view.cursor(), 1.0);
        QVERIFY(p.plot.accessibleDescription().startsWith(u"step 1, training"_s));
        QVERIFY(p.plot.accessibleDescription().contains(u"validation 1.300 at step 50"_s));
        QTest::keyClick(&p.plot, Qt::Key_Escape);
        QVERIFY(!p.view.cursor());
    }

    void wheelZoomsAndZeroReturns()
    {
        Plot p;
        const QPointF at(400, 150);
        QWheelEvent wheel(at, p.plot.mapToGlobal(at), {}, QPoint(0, 240), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&p.plot, &wheel);
        QCOMPARE(p.view.mode(), ViewMode::Zoomed);
        QVERIFY(p.view.range().size() < 300);
        QTest::keyClick(&p.plot, Qt::Key_0);
        QCOMPARE(p.view.mode(), ViewMode::Whole);
    }

    void draggingZoomsAndDoubleClickReturns()
    {
        Plot p;
        QTest::mousePress(&p.plot, Qt::LeftButton, {}, QPoint(100, 120));
        QTest::mouseMove(&p.plot, QPoint(300, 130));
        QTest::mouseRelease(&p.plot, Qt::LeftButton, {}, QPoint(300, 130));
        QCOMPARE(p.view.mode(), ViewMode::Zoomed);
        QTest::mouseDClick(&p.plot, Qt::LeftButton, {}, QPoint(300, 130));
        QCOMPARE(p.view.mode(), ViewMode::Whole);
    }

    void keyLSwitchesTheLogScale()
    {
        Plot p;
        QTest::keyClick(&p.plot, Qt::Key_L);
        QVERIFY(p.plot.isLogScale());
        p.plot.refreshNow();
        QTest::keyClick(&p.plot, Qt::Key_L);
        QVERIFY(!p.plot.isLogScale());
    }

    void keyXAsksForTheNextAxis()
    {
        Plot p;
        QSignalSpy asked(&p.plot, &LinePlot::axisCycleRequested);
        QTest::keyClick(&p.plot, Qt::Key_X);
        QCOMPARE(asked.count(), 1);
    }

    void plotsShareOneCursorAndOneRange()
    {
        PlotView view;
        LinePlot upper(u"Loss"_s, view);
        LinePlot lower(u"Memory"_s, view);
        for (LinePlot* plot : {&upper, &lower}) {
            plot->addSeries({.name = u"a"_s});
            const std::vector<double> x{1, 2, 3};
            plot->append(0, {.step = x, .x = x, .y = x});
        }
        view.setExtent(0, 3, 3, 3);
        upper.setFocus();
        QTest::keyClick(&upper, Qt::Key_Home);
        QCOMPARE(lower.readings()[0].x, 1.0);
    }

    /// The first step of a run must be seen, or people think that nothing happens.
    void oneFirstPointIsSeenAsADot()
    {
        for (const auto kind : {LinePlot::Kind::Curve, LinePlot::Kind::Plain}) {
            PlotView view;
            LinePlot plot(u"Loss"_s, view);
            plot.addSeries({.name = u"training"_s, .color = 0, .kind = kind});
            plot.setSmoothing(12);
            plot.setIsLive(true);
            const std::vector<double> first{10};
            const std::vector<double> second{20};
            plot.append(0, {.step = first, .x = first, .y = first});
            view.setExtent(0, 10, 40, 100);
            plot.resize(900, 300);
            plot.show();
            plot.refreshNow();
            QVERIFY(shows(plot, lightTokens().series[0]));
            plot.append(0, {.step = second, .x = second, .y = second});
            view.setExtent(0, 20, 40, 100);
            plot.refreshNow();
            QVERIFY(shows(plot, lightTokens().series[0]));
        }
    }

    void screenReadersSeeAChartWithItsSeries()
    {
        Plot p;
        auto* chart = QAccessible::queryAccessibleInterface(&p.plot);
        QVERIFY(chart);
        QCOMPARE(chart->role(), QAccessible::Chart);
        QCOMPARE(chart->text(QAccessible::Name), u"Loss"_s);
        QCOMPARE(chart->childCount(), 2);
        QVERIFY(chart->child(1)->text(QAccessible::Name).startsWith(u"validation 1.100"_s));
        QVERIFY(chart->child(1)->parent() == chart);
        QCOMPARE(chart->child(2), nullptr);
    }

    void savedPicturesAreLightAndWhole()
    {
        Plot p;
        Theme::instance().setMode(ThemeMode::Dark);
        const PlotPage page{.title = u"run"_s, .note = u"today"_s, .plots = {&p.plot}};
        const QImage image = plotImage(page, 2.0);
        Theme::instance().setMode(ThemeMode::Light);
        QCOMPARE(image.devicePixelRatio(), 2.0);
        QCOMPARE(image.width(), 2 * (900 + 32));
        QCOMPARE(image.pixelColor(2, 2), lightTokens().surface);
        QTemporaryDir folder;
        const QString svg = folder.filePath(u"plot.svg"_s);
        QVERIFY(saveSvg(page, svg));
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("<svg"));
        QVERIFY(!savePng(page, 1.0, folder.filePath(u"missing/plot.png"_s)));
    }

    void csvHoldsRawValues()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"run.csv"_s);
        const std::vector<PlotPoint> points{
            {.step = 1, .time = 10.5, .tokens = 8192, .name = u"train_loss"_s, .value = 0.1},
            {.step = 2, .time = 11, .tokens = std::nan(""), .name = u"val_loss"_s, .value = 2.0}};
        QVERIFY(savePointsCsv(points, path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readLine(), QByteArray("step,time,tokens,name,value\n"));
        QCOMPARE(file.readLine(), QByteArray("1,10.500,8192,train_loss,0.10000000000000001\n"));
        QCOMPARE(file.readLine(), QByteArray("2,11.000,,val_loss,2\n"));
    }
};

LYCEUM_UI_TEST_MAIN(TestLinePlot)
#include "tst_line_plot.moc"
