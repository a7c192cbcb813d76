#include "ui/panels/new_run/summary_panel.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_draft.h"
#include "ui/models/run_estimator.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/figure_strip.h"
#include "ui/widgets/icon_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

enum Figures { TimeFigure, StepsFigure, DiskFigure, TrainedFigure };
constexpr std::uint64_t kSpareDisk = 1ULL << 30; // stays free for the rest of the computer

bool fitsOnDisk(const RunEstimate& estimate)
{
    return estimate.diskBytes + kSpareDisk <= estimate.freeBytes;
}

} // namespace

SummaryPanel::SummaryPanel(RunDraft& draft, RunEstimator& estimator, QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , estimator_(estimator)
    , verdictIcon_(new IconLabel(u"dialog-ok-apply"_s, Role::Good, measure::kIcon))
    , verdict_(makeParagraph({}, TextStyle::H2, Role::Text))
    , verdictText_(makeParagraph({}, TextStyle::Small))
    , figures_{new FigureStrip(2), new FigureStrip(2)}
    , lines_(new QVBoxLayout)
    , name_(new FieldEditor(draft, u"name"_s, FieldEditor::Help::ToolTip))
    , start_(new Button(tr("Start training"), u"media-playback-start"_s, ButtonKind::Filled,
                        ButtonSize::Large))
    , startNote_(makeParagraph({}, TextStyle::Small, Role::Text3))
{
    makeLayout();
    connect(start_, &QPushButton::clicked, this, &SummaryPanel::startRequested);
    connect(&draft_, &RunDraft::changed, this, &SummaryPanel::refresh);
    connect(&estimator_, &RunEstimator::changed, this, &SummaryPanel::refresh);
    refresh();
}

void SummaryPanel::makeLayout()
{
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k12);
    head->addWidget(verdictIcon_, 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(verdict_);
    words->addWidget(verdictText_);
    head->addLayout(words, 1);
    for (auto* strip : figures_) {
        strip->setProperty("card", {});
        strip->layout()->setContentsMargins(0, space::k4, 0, space::k4);
    }
    lines_->setSpacing(space::k8);
    start_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    start_->setObjectName(u"startTraining"_s);
    startNote_->setAlignment(Qt::AlignHCenter);
    auto* scrolled = new QWidget;
    auto* top = new QVBoxLayout(scrolled);
    top->setContentsMargins({});
    top->setSpacing(space::k12);
    top->addLayout(head);
    top->addWidget(makeSeparator(Qt::Horizontal));
    for (auto* strip : figures_)
        top->addWidget(strip);
    top->addWidget(makeSeparator(Qt::Horizontal));
    top->addLayout(lines_);
    top->addStretch(1);
    auto* card = new Card;
    card->body()->addWidget(makeLabel(tr("Before it starts"), TextStyle::Caption, Role::Text2));
    card->body()->addWidget(makeScrollArea(scrolled), 1);
    card->body()->addWidget(name_);
    card->body()->addWidget(start_);
    card->body()->addWidget(startNote_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
}

void SummaryPanel::setStarting(bool isStarting)
{
    isStarting_ = isStarting;
    refresh();
}

bool SummaryPanel::canStart() const
{
    const bool isFull =
        estimator_.state() == RunEstimator::State::Ready && !fitsOnDisk(*estimator_.estimate());
    return draft_.isValid() && !isStarting_ && !isFull &&
           estimator_.state() != RunEstimator::State::Failed;
}

void SummaryPanel::refresh()
{
    refreshVerdict();
    refreshFigures();
    refreshLines();
    start_->setEnabled(canStart());
    start_->setText(isStarting_ ? tr("Starting") : tr("Start training"));
    startNote_->setText(
        canStart() ? tr("Starts at once (Ctrl+Enter). Training carries on if you close the window.")
        : isStarting_ ? tr("The engine reads the model and the data.")
                      : tr("Waiting for what is listed above."));
}

void SummaryPanel::setVerdict(const QString& iconName, Role role, const QString& title,
                              const QString& text)
{
    verdictIcon_->setIcon(iconName, role);
    verdict_->setText(title);
    verdictText_->setText(text);
    verdictText_->setVisible(!text.isEmpty());
}

void SummaryPanel::refreshVerdict()
{
    if (draft_.field(u"data.train"_s).isEmpty()) {
        setVerdict(u"documentinfo"_s, Role::Accent, tr("Choose what to learn from"),
                   tr("A dataset, or a file of your own."));
        return;
    }
    if (!draft_.isValid()) {
        const auto count =
            static_cast<int>(draft_.problems().size() + draft_.yamlProblems().size());
        setVerdict(u"data-error"_s, Role::Fault,
                   counted(count, tr("1 setting to correct"), tr("%1 settings to correct")), {});
        return;
    }
    switch (estimator_.state()) {
    case RunEstimator::State::Waiting:
    case RunEstimator::State::Counting:
        setVerdict(u"clock"_s, Role::Text2, tr("Counting the tokens"),
                   tr("The data is read with the model's own tokenizer."));
        return;
    case RunEstimator::State::Failed:
        setVerdict(u"data-error"_s, Role::Fault, tr("This cannot start yet"), {});
        return;
    case RunEstimator::State::Ready:
        break;
    }
    const auto& estimate = *estimator_.estimate();
    if (!fitsOnDisk(estimate))
        setVerdict(
            u"data-error"_s, Role::Fault, tr("The disk is too full"),
            tr("Checkpoints need %1, %2 are free. Keep fewer checkpoints, or free some space.")
                .arg(format::fileSize(estimate.diskBytes), format::fileSize(estimate.freeBytes)));
    else
        setVerdict(u"dialog-ok-apply"_s, Role::Good, tr("Ready to start"),
                   tr("%1 records to learn from, %2 held back to check on.")
                       .arg(format::count(static_cast<std::int64_t>(estimate.numTrain)),
                            format::count(static_cast<std::int64_t>(estimate.numValidation))));
}

void SummaryPanel::refreshFigures()
{
    const auto& made = estimator_.estimate();
    const bool isKnown =
        made.has_value() && estimator_.state() != RunEstimator::State::Failed && draft_.isValid();
    const RunEstimate estimate = isKnown ? *made : RunEstimate{};
    const auto setFigure = [this](int index, const FigureStrip::Figure& figure) {
        figures_[static_cast<std::size_t>(index / 2)]->setFigure(index % 2, figure);
    };
    const auto known = [isKnown](const QString& text) {
        return isKnown ? text : format::unknown();
    };
    setFigure(TimeFigure,
              {.caption = tr("Time"),
               .value = estimate.seconds ? tr("about %1").arg(format::duration(*estimate.seconds))
                                         : format::unknown(),
               .detail = estimate.seconds ? tr("at the speed of %1").arg(toQt(estimate.timedBy))
                                          : tr("known after the first run")});
    setFigure(
        DiskFigure,
        {.caption = tr("Disk"),
         .value = known(format::fileSize(estimate.diskBytes)),
         .detail = isKnown ? tr("%1 free").arg(format::fileSize(estimate.freeBytes)) : QString()});
    setFigure(StepsFigure,
              {.caption = tr("Steps"),
               .value = known(format::count(estimate.steps)),
               .detail = isKnown ? tr("%1 tokens each").arg(format::count(estimate.tokensPerStep))
                                 : QString()});
    const double share = estimate.totalParameters > 0
                             ? static_cast<double>(estimate.trainedParameters) /
                                   static_cast<double>(estimate.totalParameters)
                             : 0.0;
    setFigure(TrainedFigure,
              {.caption = tr("Trained"),
               .value = known(format::parameters(estimate.trainedParameters)),
               .detail = isKnown ? tr("%1 of %2")
                                       .arg(format::percent(share),
                                            format::parameters(estimate.totalParameters))
                                 : QString()});
}

void SummaryPanel::addLine(bool isGood, const QString& text)
{
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(space::k8);
    row->addWidget(new IconLabel(isGood ? u"dialog-ok-apply"_s : u"data-warning"_s,
                                 isGood ? Role::Good : Role::Caution),
                   0, Qt::AlignTop);
    row->addWidget(makeParagraph(text, TextStyle::Small, Role::Text), 1);
    lines_->addWidget(line);
}

void SummaryPanel::addProblem(const QString& path, const QString& text)
{
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(space::k8);
    row->addWidget(new IconLabel(u"data-error"_s, Role::Fault), 0, Qt::AlignTop);
    row->addWidget(makeParagraph(text, TextStyle::Small, Role::Text), 1);
    if (!path.isEmpty()) {
        auto* show = new Button(tr("Show"), {}, ButtonKind::Link, ButtonSize::Small);
        show->setAccessibleName(tr("Show the setting %1").arg(path));
        connect(show, &QPushButton::clicked, this, [this, path] { emit fieldRequested(path); });
        row->addWidget(show, 0, Qt::AlignTop);
    }
    lines_->addWidget(line);
}

} // namespace lyceum::ui
