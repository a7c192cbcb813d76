#pragma once

#include "ui/plots/curve_math.h"
#include "ui/theme/tokens.h"

#include <QList>
#include <QPointer>
#include <QString>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

class QCPGraph;
class QCustomPlot;
class QTimer;

namespace lyceum::ui {

class PlotView;

/// How numbers of a plot are written.
using NumberFormat = std::function<QString(double)>;

/// Lines over one x axis that it shares with its neighbours through a PlotView: same range, same
/// cursor, same gutters, so that they line up. The read-out at the right is the legend.
///
/// Draws at most 30 times a second and only while visible; new data goes in with append().
class LinePlot final : public QWidget {
    Q_OBJECT

public:
    enum class Kind : quint8 {
        Curve,  ///< Raw values pale, their smoothed course on top.
        Points, ///< Markers joined by a line, never smoothed; they stand for themselves.
        Plain,  ///< A line as it is.
    };
    struct Series {
        QString name;
        int color = 0; ///< Index into Tokens::series; also chooses the marker.
        Kind kind = Kind::Plain;
    };
    /// A dotted line through the plot.
    struct Rule {
        double x = 0;
        Role role = Role::Accent;
    };
    /// A dashed line across, such as a capacity.
    struct Limit {
        double value = 0;
        QString label;
    };
    /// Where it broke off, and from where it will be repeated.
    struct Break {
        double x = 0;
        double redoFrom = 0;
        QString text;
        QString redoText;
    };
    /// What the read-out says of one series.
    struct Reading {
        QString name;
        QString value;
        QString detail; ///< "raw 1.218", "at step 650"; may be empty.
        double x = 0;
        double y = 0;
    };

    /// `view` outlives the plot.
    LinePlot(const QString& title, PlotView& view, QWidget* parent = nullptr);
    ~LinePlot() override;

    /// The words after the title: what it is, unit, which way is better.
    void setExplanation(const QString& text);
    int addSeries(const Series& series);
    /// Adds points at the end of a series; the spans are of equal length and go on ascending.
    void append(int series, const curve::Columns& points);
    void clearData();
    [[nodiscard]] curve::Columns data(int series) const;
    [[nodiscard]] const QString& title() const noexcept { return title_; }
    [[nodiscard]] const QList<Series>& seriesList() const noexcept { return specs_; }

    /// `value` writes the read-out; `tick` the y axis, by the locale when it is empty.
    void setValueFormat(NumberFormat value, NumberFormat tick);
    /// How x is written on the axis, and what it is ("step").
    void setXFormat(NumberFormat format, const QString& name);
    void setShowsXLabels(bool shows);
    void setSmoothing(double halfWidthInSteps);
    void setIsLive(bool isLive);
    void setStartsAtZero(bool startsAtZero);
    void setLogScale(bool isLog);
    [[nodiscard]] bool isLogScale() const noexcept { return isLog_; }
    void setRules(const QList<Rule>& rules);
    void setLimit(const std::optional<Limit>& limit);
    void setBreak(const std::optional<Break>& broken);
    /// Said in the shaded part; empty: none.
    void setToComeText(const QString& text);

    /// At the cursor, or the latest.
    [[nodiscard]] QList<Reading> readings() const;
    /// One sentence with all readings, as spoken.
    [[nodiscard]] QString spokenReadings() const;
    /// Brings what is drawn up to date now; before a picture is taken.
    void refreshNow();
    /// Draws the plot with its read-out into `painter` at this widget's size, in these colours.
    void render(QPainter& painter, const Tokens& colors);

    [[nodiscard]] QSize sizeHint() const override;

signals:
    void axisCycleRequested();

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Data;
    class Overlay;
    struct Clipped {
        QPointF at;
        double value = 0;
    };

    // line_plot.cpp
    void schedule();
    void refresh();
    void refreshSeries(int index);
    void refreshYRange();
    void applyColors(const Tokens& colors);
    [[nodiscard]] std::optional<curve::Range> wantedYRange() const;
    // line_plot_overlay.cpp
    void paintOverlay(QPainter& painter, const Tokens& colors) const;
    void paintTitle(QPainter& painter, const Tokens& colors) const;
    void paintToCome(QPainter& painter, const Tokens& colors) const;
    void paintBreak(QPainter& painter, const Tokens& colors) const;
    void paintRules(QPainter& painter, const Tokens& colors) const;
    void paintLimit(QPainter& painter, const Tokens& colors) const;
    void paintClipped(QPainter& painter, const Tokens& colors) const;
    void paintCursor(QPainter& painter, const Tokens& colors) const;
    void paintReadout(QPainter& painter, const Tokens& colors) const;
    [[nodiscard]] QRect plotRect() const;
    [[nodiscard]] double pixelOf(double x) const;
    [[nodiscard]] double xAt(double pixel) const;
    [[nodiscard]] double pixelOfY(double y) const;
    // line_plot_input.cpp
    void moveCursor(int points);
    void zoomAround(double x, double factor);
    void zoomY(double around, double factor);
    [[nodiscard]] Reading reading(int series) const;

    QString title_;
    QString explanation_;
    PlotView& view_;
    QCustomPlot* plot_;
    Overlay* overlay_;
    QTimer* timer_;
    QList<Series> specs_;
    std::vector<std::unique_ptr<Data>> data_;
    NumberFormat valueFormat_;
    NumberFormat tickFormat_;
    NumberFormat xFormat_;
    QString xName_;
    double smoothing_ = 12;
    bool isLive_ = false;
    bool startsAtZero_ = false;
    bool isLog_ = false;
    bool showsXLabels_ = false;
    QList<Rule> rules_;
    std::optional<Limit> limit_;
    std::optional<Break> break_;
    QString toCome_;
    QList<Clipped> clipped_;
    std::optional<curve::Range> yZoom_;
    std::optional<int> dragFrom_;
    int dragTo_ = 0;
};

/// The marker of a series colour, around the origin, `radius` from middle to edge.
void paintMarker(QPainter& painter, int color, const QPointF& at, double radius);

} // namespace lyceum::ui
