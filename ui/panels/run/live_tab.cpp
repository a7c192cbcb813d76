#include "ui/panels/run/live_tab.h"

#include "ui/models/format.h"
#include "ui/models/run_model.h"
#include "ui/models/run_words.h"
#include "ui/models/session.h"
#include "ui/panels/run/run_figures.h"
#include "ui/panels/run/run_plots.h"
#include "ui/panels/run/side_panel.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"

#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kSplitterKey = "run/splitter"_L1;
constexpr int kFigures = 6;
/// Below this width of the tab the side panel folds (a window of about 1200).
constexpr int kFoldWidth = measure::kFoldWindow - measure::kRailWidth;

} // namespace

LiveTab::LiveTab(RunModel& run, QSettings& settings, QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , settings_(settings)
    , figures_(new FigureStrip(kFigures))
    , plots_(new RunPlots(run, settings))
    , waiting_(new EmptyState(u"office-chart-line"_s, {}, {}))
    , plotPages_(new QStackedWidget)
    , side_(new SidePanel(run))
    , splitter_(new QSplitter(Qt::Horizontal))
{
    auto* waitingCard = new Card;
    waitingCard->body()->addWidget(waiting_);
    plotPages_->addWidget(waitingCard);
    plotPages_->addWidget(plots_);
    splitter_->addWidget(plotPages_);
    splitter_->addWidget(side_);
    splitter_->setStretchFactor(0, 1);
    splitter_->setChildrenCollapsible(false);
    splitter_->setSizes({1100, 340});
    splitter_->restoreState(settings_.value(kSplitterKey).toByteArray());
    connect(splitter_, &QSplitter::splitterMoved, this,
            [this] { settings_.setValue(kSplitterKey, splitter_->saveState()); });

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::kCardGap);
    column->addWidget(figures_);
    column->addWidget(splitter_, 1);
    connect(&run_, &RunModel::rowChanged, this, &LiveTab::refresh);
    connect(&run_, &RunModel::seriesChanged, this, &LiveTab::refresh);
    refresh();
}

void LiveTab::refresh()
{
    if (!run_.isValid())
        return;
    const QDateTime now = QDateTime::currentDateTime();
    const auto figures = figuresOf(run_, now);
    for (int i = 0; i < figures.size(); ++i)
        figures_->setFigure(i, figures[i]);

    const auto& row = run_.row();
    const bool hasCurve = !run_.series(u"train_loss"_s).empty();
    plotPages_->setCurrentIndex(hasCurve ? 1 : 0);
    if (hasCurve)
        return;
    const double since = row.started_at > 0 ? row.started_at : row.created_at;
    const double waited = static_cast<double>(now.toMSecsSinceEpoch()) / 1000.0 - since;
    if (row.status == store::RunStatus::Queued)
        waiting_->setTexts(tr("Waiting to start"), tr("The engine has not begun yet."));
    else if (isActive(row.status))
        waiting_->setTexts(
            words::phaseWord(row),
            tr("%1 so far. The curves begin with the first step.").arg(format::duration(waited)));
    else
        waiting_->setTexts(tr("No step was made"),
                           tr("The run ended before its first step, so there is nothing to draw."));
}

void LiveTab::setNarrow(bool isNarrow)
{
    figures_->setNarrow(isNarrow);
    plots_->setNarrow(isNarrow);
}

void LiveTab::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    side_->setVisible(width() >= kFoldWidth);
}

} // namespace lyceum::ui
