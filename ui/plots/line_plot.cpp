#include "ui/plots/line_plot.h"

#include "ui/plots/line_plot_data.h"
#include "ui/plots/plot_accessible.h"
#include "ui/plots/plot_view.h"
#include "ui/theme/theme.h"

#include <QTimer>

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kFrameMs = 33;
constexpr float kGhostOpacity = 0.27F;
constexpr double kMarkerSize = 8.0;
constexpr double kDotSize = 8.0;

QVector<QCPGraphData> toGraphData(const std::vector<QPointF>& points)
{
    QVector<QCPGraphData> out;
    out.reserve(static_cast<qsizetype>(points.size()));
    for (const QPointF& point : points)
        out.append(QCPGraphData(point.x(), point.y()));
    return out;
}

void setPoints(QCPGraph* graph, const std::vector<QPointF>& points)
{
    constexpr bool kIsSorted = true;
    graph->data()->set(toGraphData(points), kIsSorted);
}

/// One point alone has no line: it is drawn as a dot.
void setLine(QCPGraph* graph, const std::vector<QPointF>& points)
{
    setPoints(graph, points);
    graph->setScatterStyle(points.size() == 1 ? QCPScatterStyle(QCPScatterStyle::ssDisc, kDotSize)
                                              : QCPScatterStyle::ssNone);
}

} // namespace

LinePlot::LinePlot(const QString& title, PlotView& view, QWidget* parent)
    : QWidget(parent)
    , title_(title)
    , view_(view)
    , plot_(new QCustomPlot(this))
    , overlay_(new Overlay(this))
    , timer_(new QTimer(this))
{
    installPlotAccessibility();
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setLayoutDirection(Qt::LeftToRight); // Time runs to the right in every language.
    plot_->setAttribute(Qt::WA_TransparentForMouseEvents);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setNoAntialiasingOnDrag(true);
    plot_->axisRect()->setAutoMargins(QCP::msNone);
    plot_->axisRect()->setRangeDrag({});
    plot_->xAxis->setTicker(QSharedPointer<PlotTicker>::create(7));
    plot_->yAxis->setTicker(QSharedPointer<PlotTicker>::create(5));
    setShowsXLabels(false);
    timer_->setSingleShot(true);
    timer_->setInterval(kFrameMs);
    connect(timer_, &QTimer::timeout, this, &LinePlot::refresh);
    connect(&view_, &PlotView::rangeChanged, this, &LinePlot::schedule);
    connect(&view_, &PlotView::cursorChanged, overlay_, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        applyColors(tokens());
        schedule();
    });
    applyColors(tokens());
}

LinePlot::~LinePlot() = default;

QSize LinePlot::sizeHint() const
{
    return {480, 140};
}

void LinePlot::setExplanation(const QString& text)
{
    explanation_ = text;
    overlay_->update();
}

int LinePlot::addSeries(const Series& series)
{
    auto data = std::make_unique<Data>();
    if (series.kind == Kind::Curve) {
        data->raw = plot_->addGraph();
        data->unsure = plot_->addGraph();
    }
    data->line = plot_->addGraph();
    specs_.append(series);
    data_.push_back(std::move(data));
    applyColors(tokens());
    return static_cast<int>(specs_.size()) - 1;
}

void LinePlot::append(int series, const curve::Columns& points)
{
    Data& data = *data_[static_cast<std::size_t>(series)];
    data.step.insert(data.step.end(), points.step.begin(), points.step.end());
    data.x.insert(data.x.end(), points.x.begin(), points.x.end());
    data.y.insert(data.y.end(), points.y.begin(), points.y.end());
    schedule();
}

void LinePlot::clearData()
{
    for (auto& data : data_) {
        data->step.clear();
        data->x.clear();
        data->y.clear();
    }
    schedule();
}

curve::Columns LinePlot::data(int series) const
{
    return data_[static_cast<std::size_t>(series)]->columns();
}

void LinePlot::setValueFormat(NumberFormat value, NumberFormat tick)
{
    valueFormat_ = std::move(value);
    tickFormat_ = std::move(tick);
    setLogScale(isLog_);
}

void LinePlot::setXFormat(NumberFormat format, const QString& name)
{
    xFormat_ = format;
    xName_ = name;
    plot_->xAxis->ticker().staticCast<PlotTicker>()->setFormat(std::move(format));
    schedule();
}

void LinePlot::setShowsXLabels(bool shows)
{
    using namespace plot_layout;
    showsXLabels_ = shows;
    plot_->axisRect()->setMargins({measure::kPlotGutterLeft, kTitleHeight, measure::kPlotReadout,
                                   shows ? kXLabelHeight : kBottom});
    plot_->xAxis->setTickLabels(shows);
    schedule();
}

void LinePlot::setSmoothing(double halfWidthInSteps)
{
    smoothing_ = halfWidthInSteps;
    schedule();
}

void LinePlot::setIsLive(bool isLive)
{
    isLive_ = isLive;
    schedule();
}

void LinePlot::setStartsAtZero(bool startsAtZero)
{
    startsAtZero_ = startsAtZero;
    schedule();
}

void LinePlot::setLogScale(bool isLog)
{
    isLog_ = isLog;
    if (isLog) {
        auto ticker = QSharedPointer<PlotTickerLog>::create();
        ticker->setFormat(tickFormat_);
        plot_->yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot_->yAxis->setTicker(ticker);
    } else {
        auto ticker = QSharedPointer<PlotTicker>::create(5);
        ticker->setFormat(tickFormat_);
        plot_->yAxis->setScaleType(QCPAxis::stLinear);
        plot_->yAxis->setTicker(ticker);
    }
    yZoom_.reset();
    schedule();
}

void LinePlot::setRules(const QList<Rule>& rules)
{
    rules_ = rules;
    overlay_->update();
}

void LinePlot::setLimit(const std::optional<Limit>& limit)
{
    limit_ = limit;
    schedule();
}

void LinePlot::setBreak(const std::optional<Break>& broken)
{
    break_ = broken;
    overlay_->update();
}

void LinePlot::setToComeText(const QString& text)
{
    toCome_ = text;
    overlay_->update();
}

void LinePlot::schedule()
{
    if (isVisible() && !timer_->isActive())
        timer_->start();
}

void LinePlot::refreshNow()
{
    timer_->stop();
    refresh();
    plot_->replot(QCustomPlot::rpImmediateRefresh);
}

void LinePlot::refresh()
{
    const curve::Range range = view_.range();
    plot_->xAxis->setRange(range.lower, range.upper);
    // A tick per 110 px or so across, per 32 px up.
    const QRect box = plotRect();
    plot_->xAxis->ticker()->setTickCount(std::clamp(box.width() / 110, 2, 12));
    plot_->yAxis->ticker()->setTickCount(std::clamp(box.height() / 32, 1, 8));
    clipped_.clear();
    refreshYRange();
    for (int i = 0; i < specs_.size(); ++i)
        refreshSeries(i);
    plot_->replot(QCustomPlot::rpQueuedReplot);
    overlay_->update();
}

void LinePlot::refreshSeries(int index)
{
    Data& data = *data_[static_cast<std::size_t>(index)];
    const curve::Range range = view_.range();
    const int width = std::max(16, plotRect().width());
    const auto columns = data.columns();
    auto drawn = curve::decimate(columns, range, width);
    if (specs_[index].kind == Kind::Points)
        return setPoints(data.line, drawn); // markers as they are
    if (specs_[index].kind == Kind::Plain)
        return setLine(data.line, drawn);
    const QCPRange y = plot_->yAxis->range();
    for (const QPointF& point : drawn)
        if (!y.contains(point.y()) && point.x() >= range.lower && point.x() <= range.upper)
            clipped_.append(
                {.at = {point.x(), point.y() > y.upper ? y.upper : y.lower}, .value = point.y()});
    setLine(data.raw, smoothing_ > 0 ? drawn : std::vector<QPointF>{});
    auto smoothed = smoothing_ > 0 ? curve::smooth(columns, range, smoothing_, width) : drawn;
    std::vector<QPointF> unsure;
    if (isLive_ && smoothing_ > 0 && !data.step.empty()) {
        const auto at = std::ranges::lower_bound(data.step, data.step.back() - smoothing_);
        const double from = data.x[static_cast<std::size_t>(at - data.step.begin())];
        const auto split = std::ranges::find_if(
            smoothed, [from](const QPointF& point) { return point.x() >= from; });
        unsure.assign(split, smoothed.end());
        if (split != smoothed.end())
            smoothed.erase(split + 1, smoothed.end());
    }
    setLine(data.line, smoothed);
    setPoints(data.unsure, unsure);
}

std::optional<curve::Range> LinePlot::wantedYRange() const
{
    std::optional<curve::Range> wanted;
    const auto include = [&wanted](double low, double high) {
        if (!wanted)
            wanted = curve::Range{.lower = low, .upper = high};
        wanted->lower = std::min(wanted->lower, low);
        wanted->upper = std::max(wanted->upper, high);
    };
    for (int i = 0; i < specs_.size(); ++i) {
        const auto columns = data_[static_cast<std::size_t>(i)]->columns();
        const auto slice = curve::visibleSlice(columns.x, view_.range());
        const auto y = columns.y.subspan(slice.begin, slice.size());
        if (specs_[i].kind == Kind::Curve) {
            if (const auto robust = curve::robustRange(y))
                include(robust->lower, robust->upper);
            continue;
        }
        for (const double value : y)
            if (std::isfinite(value))
                include(value, value);
    }
    if (wanted && limit_)
        include(limit_->value, limit_->value);
    if (wanted && startsAtZero_)
        include(0, 0);
    return wanted;
}

void LinePlot::refreshYRange()
{
    const auto wanted = wantedYRange();
    const double step =
        wanted ? curve::tickStep(wanted->size(), plot_->yAxis->ticker()->tickCount()) : 0.0;
    curve::Range range = yZoom_   ? *yZoom_
                         : wanted ? curve::roundedRange(*wanted, step)
                                  : curve::Range{};
    if (!isLog_)
        plot_->yAxis->ticker().staticCast<PlotTicker>()->setFixedStep(
            yZoom_ || !wanted || !(wanted->size() > 0) ? 0.0 : step);
    if (isLog_) {
        const double smallest = wanted && wanted->lower > 0 ? wanted->lower : range.upper / 1000.0;
        range.lower = range.lower > 0 ? range.lower : smallest * 0.9;
    }
    // A hair wider, so that rounding does not drop the ticks at the edges.
    const double hair = isLog_ ? 0.0 : range.size() * 1e-6;
    plot_->yAxis->setRange(range.lower - hair, range.upper + hair);
}

void LinePlot::applyColors(const Tokens& colors)
{
    const QFont font = Theme::instance().font(TextStyle::Caption);
    plot_->setBackground(QBrush(colors.surface));
    plot_->axisRect()->setBackground(QBrush(Qt::NoBrush));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setTickLabelColor(colors.text2);
        axis->setTickLabelFont(font);
        axis->setBasePen(axis == plot_->xAxis ? QPen(colors.outline) : QPen(Qt::NoPen));
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->grid()->setPen(QPen(colors.border, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setSubGridVisible(false);
        axis->setTickLabelPadding(space::k8);
    }
    for (int i = 0; i < specs_.size(); ++i) {
        const Data& data = *data_[static_cast<std::size_t>(i)];
        const QColor color = colors.series[static_cast<std::size_t>(specs_[i].color)];
        data.line->setPen(QPen(color, 2));
        if (data.raw) {
            QColor ghost = color;
            ghost.setAlphaF(kGhostOpacity);
            data.raw->setPen(QPen(ghost, 1));
            data.unsure->setPen(QPen(color, 1));
        }
        if (specs_[i].kind == Kind::Points)
            data.line->setScatterStyle(QCPScatterStyle(
                QCPScatterStyle::ssSquare, QPen(colors.surface, 1), color, kMarkerSize));
    }
}

bool LinePlot::event(QEvent* event)
{
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoomAround(xAt(gesture->position().x()), 1.0 / (1.0 + gesture->value()));
            return true;
        }
    }
    return QWidget::event(event);
}

void LinePlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    plot_->setGeometry(rect());
    overlay_->setGeometry(rect());
    overlay_->raise();
    schedule();
}

void LinePlot::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    schedule();
}

} // namespace lyceum::ui
