#include "ui/panels/run/run_plots.h"

#include "ui/models/format.h"
#include "ui/models/machine.h"
#include "ui/models/session.h"
#include "ui/panels/run/run_figures.h"
#include "ui/panels/run/run_marks.h"
#include "ui/plots/line_plot.h"
#include "ui/plots/plot_view.h"
#include "ui/widgets/segmented_control.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>
#include <limits>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double kGibi = 1024.0 * 1024.0 * 1024.0;
constexpr double kFollowSteps = 200;

} // namespace

RunPlots::RunPlots(RunModel& run, QSettings& settings, QWidget* parent)
    : QFrame(parent), run_(run), settings_(settings), view_(new PlotView(this))
{
    setProperty("card", u"true"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::k12, space::k12, space::k12, space::k8);
    column->setSpacing(space::k2);
    buildToolbar(column);
    buildPlots(column);
    buildSaveMenu();
    connectRun();
    restart();
}

void RunPlots::buildPlots(QVBoxLayout* column)
{
    lane_ = new EventLane(tr("Events"), *view_);
    column->addWidget(lane_);
    const auto add = [this, column](const QString& title, const QString& explanation, int stretch) {
        auto* plot = new LinePlot(title, *view_);
        plot->setExplanation(explanation);
        connect(plot, &LinePlot::axisCycleRequested, this, [this] {
            for (int i = 1; i <= axisControl_->count(); ++i) {
                const auto next = static_cast<Axis>((static_cast<int>(axis_) + i) % 4);
                if (AxisMap::isAvailable(next, run_))
                    return setAxis(next);
            }
        });
        column->addWidget(plot, stretch);
        plots_.append(plot);
        return plot;
    };
    loss_ = add(tr("Loss"),
                tr("how wrong the next-token guesses are (nats per token, lower is better)"), 14);
    perplexity_ =
        add(tr("Perplexity"), tr("how many tokens it hesitates between (lower is better)"), 6);
    rate_ = add(tr("Learning rate"), {}, 5);
    memory_ = add(tr("Memory"), tr("GiB of the training process"), 6);

    const auto three = [](double v) { return format::loss(v); };
    loss_->setValueFormat(three, {});
    perplexity_->setValueFormat([](double v) { return format::perplexity(v); }, {});
    rate_->setValueFormat([](double v) { return format::decimal(v, 2); }, {});
    memory_->setValueFormat([](double v) { return format::memory(v * kGibi); }, {});
    rate_->setStartsAtZero(true);
    memory_->setStartsAtZero(true);
    memory_->setShowsXLabels(true);

    using Kind = LinePlot::Kind;
    const auto line = [this](LinePlot* plot, const LinePlot::Series& series, const QString& metric,
                             double factor) {
        lines_.push_back(
            {.plot = plot, .series = plot->addSeries(series), .metric = metric, .factor = factor});
    };
    line(loss_, {.name = tr("training"), .color = 0, .kind = Kind::Curve}, u"train_loss"_s, 1.0);
    line(loss_, {.name = tr("validation"), .color = 1, .kind = Kind::Points}, u"val_loss"_s, 1.0);
    line(perplexity_, {.name = tr("validation"), .color = 1, .kind = Kind::Points}, u"perplexity"_s,
         1.0);
    line(rate_, {.name = tr("schedule"), .color = 2, .kind = Kind::Plain}, u"learning_rate"_s, 1e4);
    line(memory_, {.name = tr("this run"), .color = 5, .kind = Kind::Plain}, u"memory_bytes"_s,
         1.0 / kGibi);
}

void RunPlots::connectRun()
{
    connect(&run_, &RunModel::restarted, this, &RunPlots::restart);
    connect(&run_, &RunModel::seriesChanged, this, &RunPlots::appendNew);
    connect(&run_, &RunModel::eventsChanged, this, &RunPlots::refreshMarks);
    connect(&run_, &RunModel::checkpointsChanged, this, &RunPlots::refreshMarks);
    connect(&run_, &RunModel::rowChanged, this, &RunPlots::refreshEnd);
}

void RunPlots::setAxis(Axis axis)
{
    if (!AxisMap::isAvailable(axis, run_))
        axis = Axis::Step;
    axis_ = axis;
    axisControl_->setCurrent(static_cast<int>(axis));
    view_->setCursor({});
    if (view_->mode() == ViewMode::Zoomed)
        view_->setMode(ViewMode::Whole);
    restart();
}

void RunPlots::restart()
{
    for (LinePlot* plot : std::as_const(plots_)) {
        plot->clearData();
        plot->setXFormat([axis = axis_](double v) { return AxisMap::write(axis, v); },
                         AxisMap::name(axis_));
    }
    for (Line& line : lines_)
        line.drawn = 0;
    fitRateExponent();
    appendNew();
    refreshEnd();
}

void RunPlots::fitRateExponent()
{
    double highest = 0;
    for (const auto& point : run_.series(u"learning_rate"_s))
        highest = std::max(highest, point.value);
    if (!(highest > 0))
        return;
    rateExponent_ = static_cast<int>(std::floor(std::log10(highest) + 1e-9));
    rate_->setExplanation(u"× 10%1"_s.arg(format::superscript(rateExponent_)));
    for (Line& line : lines_)
        if (line.plot == rate_)
            line.factor = std::pow(10.0, -rateExponent_);
}

void RunPlots::appendLine(Line& line, const AxisMap& map)
{
    const auto& points = run_.series(line.metric);
    if (points.size() <= line.drawn)
        return;
    std::vector<double> step;
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = line.drawn; i < points.size(); ++i) {
        const auto at = static_cast<double>(points[i].step);
        step.push_back(at);
        x.push_back(map.map(at));
        y.push_back(points[i].value * line.factor);
    }
    line.drawn = points.size();
    line.plot->append(line.series, {.step = step, .x = x, .y = y});
}

void RunPlots::appendNew()
{
    const AxisMap map(axis_, run_);
    for (Line& line : lines_) {
        // The warm-up starts so low that its power of ten is not the schedule's: look again.
        if (line.plot == rate_ && line.drawn > 0 && line.drawn < run_.series(line.metric).size() &&
            run_.series(line.metric).back().value * line.factor >= 10.0) {
            line.plot->clearData();
            line.drawn = 0;
            fitRateExponent();
        } else if (line.plot == rate_ && line.drawn == 0) {
            fitRateExponent();
        }
        appendLine(line, map);
    }
    refreshExtent(map);
}

void RunPlots::refreshExtent(const AxisMap& map)
{
    const bool isActiveRun = isActive(run_.row().status);
    const auto total = static_cast<double>(run_.row().total_steps);
    const double perStep =
        run_.row().step > 0 ? map.last() / static_cast<double>(run_.row().step) : 1.0;
    const bool showsRest = total > static_cast<double>(run_.row().step);
    view_->setExtent(0, map.last(), showsRest ? map.end() : map.last(), kFollowSteps * perStep);
    const auto left = run_.row().total_steps - run_.row().step;
    loss_->setToComeText(showsRest && isActiveRun
                             ? tr("still to come: %1 steps").arg(format::count(left))
                         : showsRest ? tr("not run: %1 steps").arg(format::count(left))
                                     : QString());
}

void RunPlots::refreshMarks()
{
    const AxisMap map(axis_, run_);
    const RunMarks marks = marksOf(run_, map);
    lane_->setMarks(marks.lane);
    lane_->setSummary(marks.summary);
    for (LinePlot* plot : std::as_const(plots_))
        plot->setRules(marks.rules);
}

void RunPlots::refreshLimit()
{
    // A capacity far above the line would flatten it; then the figure above says it in words.
    constexpr double kWorthShowing = 0.4;
    const auto machine = machineMemory();
    const auto used = run_.latest(u"memory_bytes"_s);
    if (!machine || !used || used->value < kWorthShowing * static_cast<double>(machine->totalBytes))
        return memory_->setLimit({});
    const auto total = static_cast<double>(machine->totalBytes);
    memory_->setLimit(LinePlot::Limit{.value = total / kGibi,
                                      .label = tr("capacity %1").arg(format::memory(total))});
}

void RunPlots::refreshEnd()
{
    const AxisMap map(axis_, run_);
    const auto& row = run_.row();
    refreshExtent(map);
    refreshMarks();
    refreshLimit();
    const bool isBroken =
        row.status == store::RunStatus::Failed || row.status == store::RunStatus::Lost;
    std::optional<LinePlot::Break> broken;
    if (isBroken && row.step > 0) {
        const auto again = stepsToRepeat(run_);
        const auto from = static_cast<double>(row.step - again);
        broken = LinePlot::Break{.x = map.last(),
                                 .redoFrom = map.map(from),
                                 .text = tr("stopped at step %1").arg(format::count(row.step))};
        if (again > 0)
            broken->redoText = again == 1 ? tr("1 step will be repeated from step %1")
                                                .arg(format::count(static_cast<qint64>(from)))
                                          : tr("%1 steps will be repeated from step %2")
                                                .arg(format::count(again),
                                                     format::count(static_cast<qint64>(from)));
    }
    for (LinePlot* plot : std::as_const(plots_)) {
        plot->setIsLive(isActive(row.status));
        auto shown = broken;
        if (shown && plot != loss_)
            shown->text = shown->redoText = QString();
        plot->setBreak(shown);
    }
}

std::vector<PlotPoint> RunPlots::allPoints() const
{
    const AxisMap tokens(Axis::Tokens, run_);
    const bool knowsTokens = AxisMap::isAvailable(Axis::Tokens, run_);
    std::vector<PlotPoint> out;
    for (const char* name : {"train_loss", "val_loss", "perplexity", "learning_rate",
                             "gradient_norm", "tokens_per_second", "memory_bytes"}) {
        const QString metric = QString::fromLatin1(name);
        for (const auto& point : run_.series(metric))
            out.push_back({.step = point.step,
                           .time = point.time,
                           .tokens = knowsTokens ? tokens.map(static_cast<double>(point.step))
                                                 : std::numeric_limits<double>::quiet_NaN(),
                           .name = metric,
                           .value = point.value});
    }
    return out;
}

} // namespace lyceum::ui
