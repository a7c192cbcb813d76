#include "ui/panels/home/running_card.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_facts.h"
#include "ui/models/run_words.h"
#include "ui/models/session.h"
#include "ui/panels/home/run_pill.h"
#include "ui/widgets/button.h"
#include "ui/widgets/figure_strip.h"
#include "ui/widgets/pill.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include <optional>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kBarSteps = 1000;
enum Figures { TimeFigure, LossFigure, SpeedFigure, StepFigure, NumFigures };

std::optional<double> latest(const std::vector<store::Metric>& metrics, std::string_view name)
{
    for (const auto& metric : metrics)
        if (metric.name == name)
            return metric.value;
    return {};
}

} // namespace

RunningCard::RunningCard(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , title_(makeLabel({}, TextStyle::H2))
    , pill_(new Pill)
    , facts_(makeLabel({}, TextStyle::Small, Role::Text2))
    , bar_(new QProgressBar)
    , share_(makeLabel({}, TextStyle::Strong))
    , figures_(new FigureStrip(NumFigures))
    , stop_(new Button(tr("Stop and save"), u"media-playback-stop"_s))
{
    bar_->setRange(0, kBarSteps);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
    figures_->setProperty("card", {});
    figures_->layout()->setContentsMargins(0, space::k8, 0, 0);
    auto* watch = new Button(tr("Watch"), u"office-chart-line"_s);
    connect(watch, &QPushButton::clicked, this, [this] { emit openRequested(name_); });
    connect(stop_, &QPushButton::clicked, this, [this] { emit stopRequested(name_); });
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k12);
    for (QWidget* part : {static_cast<QWidget*>(title_), static_cast<QWidget*>(pill_),
                          static_cast<QWidget*>(facts_)})
        head->addWidget(part);
    head->addStretch(1);
    head->addWidget(watch);
    head->addWidget(stop_);
    auto* progress = new QHBoxLayout;
    progress->setSpacing(space::k12);
    progress->addWidget(bar_, 1);
    progress->addWidget(share_);
    auto* card = new Card;
    card->body()->addWidget(makeLabel(tr("Running now"), TextStyle::Caption, Role::Text2));
    card->body()->addLayout(head);
    card->body()->addLayout(progress);
    card->body()->addWidget(figures_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void RunningCard::showRun(const store::RunRow& run)
{
    name_ = toQt(run.name);
    title_->setText(name_);
    showState(*pill_, run);
    facts_->setText(facts::detail(run));
    const double share = facts::share(run);
    bar_->setValue(static_cast<int>(share * kBarSteps));
    share_->setText(format::percent(share));
    stop_->setEnabled(run.status == store::RunStatus::Running ||
                      run.status == store::RunStatus::Paused);
    refreshFigures(run);
}

void RunningCard::refreshFigures(const store::RunRow& run)
{
    std::vector<store::Metric> metrics;
    if (auto read = session_.store().latest_metrics(run.id))
        metrics = std::move(read).value();
    const auto left = session_.secondsLeft(run);
    const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    figures_->setFigure(TimeFigure,
                        {.caption = tr("Time left"),
                         .value = left ? format::duration(*left) : format::unknown(),
                         .detail = left ? tr("done about %1").arg(format::clock(now + *left))
                                   : run.paused_at > 0
                                       ? tr("paused since %1").arg(format::clock(run.paused_at))
                                       : QString()});
    figures_->setFigure(
        LossFigure,
        {.caption = tr("Validation loss"),
         .value = format::loss(run.best_val_loss),
         .detail = run.best_step
                       ? tr("lowest so far, at step %1").arg(format::count(*run.best_step))
                       : tr("not checked yet")});
    figures_->setFigure(SpeedFigure, {.caption = tr("Speed"),
                                      .value = format::rate(latest(metrics, "tokens_per_second"))});
    figures_->setFigure(StepFigure, {.caption = tr("Step"),
                                     .value = format::count(run.step),
                                     .detail = run.total_steps > 0
                                                   ? tr("of %1").arg(format::count(run.total_steps))
                                                   : QString()});
}

} // namespace lyceum::ui
