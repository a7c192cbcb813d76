#include "ui/panels/run/checkpoints_tab.h"

#include "ui/models/axis_map.h"
#include "ui/models/checkpoint_table_model.h"
#include "ui/models/format.h"
#include "ui/models/session.h"
#include "ui/panels/run/run_marks.h"
#include "ui/plots/plot_view.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

CheckpointsTab::CheckpointsTab(RunModel& run, QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , model_(new CheckpointTableModel(run, this))
    , view_(new PlotView(this))
    , loss_(new LinePlot(tr("Loss"), *view_))
    , lane_(new EventLane(tr("Saved"), *view_))
    , table_(new QTableView)
    , pages_(new QStackedWidget)
    , empty_(new EmptyState(u"document-save"_s, tr("No checkpoint yet"), {}))
    , title_(makeLabel({}, TextStyle::H2))
    , onDisk_(makeLabel({}, TextStyle::Small, Role::Text3))
    , try_(new Button(tr("Try this one"), u"dialog-messages"_s))
    , export_(new Button(tr("Export"), u"document-export"_s))
    , resume_(new Button(tr("Go on from here"), u"media-playback-start"_s))
{
    buildCurve();
    buildTable();
    buildPages();
    connect(try_, &QPushButton::clicked, this, [this] { emit tryAsked(selectedStep_); });
    connect(export_, &QPushButton::clicked, this, [this] { emit exportAsked(selectedStep_); });
    connect(resume_, &QPushButton::clicked, this, [this] { emit resumeAsked(selectedStep_); });
    connect(&run_, &RunModel::restarted, this, [this] {
        selectedStep_ = -1;
        refreshCurve();
    });
    connect(&run_, &RunModel::seriesChanged, this, &CheckpointsTab::refreshCurve);
    connect(&run_, &RunModel::rowChanged, this, &CheckpointsTab::refreshSummary);
    connect(model_, &QAbstractItemModel::modelReset, this, &CheckpointsTab::refreshSummary);
    refreshCurve();
    refreshSummary();
}

void CheckpointsTab::buildCurve()
{
    loss_->setExplanation(tr("nats per token, lower is better"));
    loss_->setXFormat([](double v) { return AxisMap::write(Axis::Step, v); },
                      AxisMap::name(Axis::Step));
    loss_->setValueFormat([](double v) { return format::loss(v); }, {});
    loss_->setShowsXLabels(true);
    loss_->addSeries({.name = tr("training"), .color = 0, .kind = LinePlot::Kind::Curve});
    loss_->addSeries({.name = tr("validation"), .color = 1, .kind = LinePlot::Kind::Points});
}

void CheckpointsTab::buildPages()
{
    auto* curve = new Card;
    curve->body()->setContentsMargins(space::k12, space::k8, space::k12, space::k8);
    curve->body()->setSpacing(0);
    curve->body()->addWidget(lane_);
    curve->body()->addWidget(loss_, 1);

    auto* list = new Card;
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k8);
    head->addWidget(title_);
    head->addWidget(onDisk_, 0, Qt::AlignBottom);
    head->addStretch(1);
    head->addWidget(resume_);
    head->addWidget(try_);
    head->addWidget(export_);
    list->body()->addLayout(head);
    list->body()->addWidget(table_, 1);

    auto* full = new QWidget;
    auto* column = new QVBoxLayout(full);
    column->setContentsMargins({});
    column->setSpacing(space::kCardGap);
    column->addWidget(curve, 5);
    column->addWidget(list, 6);
    auto* emptyCard = new Card;
    emptyCard->body()->addWidget(empty_);
    pages_->addWidget(emptyCard);
    pages_->addWidget(full);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(pages_);
}

void CheckpointsTab::buildTable()
{
    table_->setModel(model_);
    table_->setAccessibleName(tr("Checkpoints"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(measure::kRow);
    auto* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Fixed);
    for (int column = 0; column < CheckpointTableModel::Reason; ++column)
        header->resizeSection(column, 116);
    header->setSectionResizeMode(CheckpointTableModel::Reason, QHeaderView::Stretch);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (const auto* row = model_->checkpoint(now.row()))
                    selectedStep_ = row->step;
                refreshMarks();
                refreshButtons();
            });
    connect(table_, &QAbstractItemView::activated, this, [this] {
        if (try_->isEnabled())
            emit tryAsked(selectedStep_);
    });
}

void CheckpointsTab::refreshCurve()
{
    loss_->clearData();
    int series = 0;
    for (const auto& name : {u"train_loss"_s, u"val_loss"_s}) {
        std::vector<double> step;
        std::vector<double> value;
        for (const auto& point : run_.series(name)) {
            step.push_back(static_cast<double>(point.step));
            value.push_back(point.value);
        }
        loss_->append(series++, {.step = step, .x = step, .y = value});
    }
    const auto last = static_cast<double>(run_.row().step);
    view_->setExtent(0, last, last, last);
}

void CheckpointsTab::refreshMarks()
{
    QList<EventLane::Mark> marks;
    QList<LinePlot::Rule> rules;
    for (const auto& checkpoint : run_.checkpoints()) {
        const auto x = static_cast<double>(checkpoint.step);
        const bool isBest = checkpoint.is_best && checkpoint.is_kept;
        marks.append({.x = x,
                      .shape = !checkpoint.is_kept ? EventLane::Shape::Removed
                               : isBest            ? EventLane::Shape::Best
                                                   : EventLane::Shape::Checkpoint,
                      .label = isBest               ? tr("best")
                               : checkpoint.is_last ? tr("last")
                                                    : QString(),
                      .text = tr("step %1").arg(format::count(checkpoint.step))});
        if (checkpoint.step == selectedStep_)
            rules.append({.x = x, .role = Role::Accent});
    }
    lane_->setMarks(marks);
    lane_->setSummary(tr("■ kept   □ removed"));
    loss_->setRules(rules);
}

void CheckpointsTab::refreshSummary()
{
    const auto& checkpoints = run_.checkpoints();
    pages_->setCurrentIndex(checkpoints.empty() ? 0 : 1);
    empty_->setTexts(tr("No checkpoint yet"),
                     isActive(run_.row().status)
                         ? tr("The first is saved on schedule; Checkpoint now saves one at once.")
                         : tr("The run ended before one was saved."));
    std::uint64_t bytes = 0;
    int kept = 0;
    for (const auto& checkpoint : checkpoints) {
        if (!checkpoint.is_kept)
            continue;
        bytes += checkpoint.size_bytes;
        ++kept;
    }
    title_->setText(kept == 1 ? tr("1 checkpoint kept") : tr("%1 checkpoints kept").arg(kept));
    onDisk_->setText(tr("%1 on disk").arg(format::fileSize(bytes)));
    int row = model_->rowOfStep(selectedStep_);
    if (row < 0) {
        const auto best = run_.bestCheckpoint();
        row = best ? model_->rowOfStep(best->step) : 0;
    }
    select(row);
    refreshMarks();
    refreshButtons();
}

void CheckpointsTab::select(int row)
{
    if (const auto* checkpoint = model_->checkpoint(row)) {
        selectedStep_ = checkpoint->step;
        if (table_->currentIndex().row() != row)
            table_->selectRow(row);
    }
}

void CheckpointsTab::refreshButtons()
{
    const auto* row = model_->checkpoint(model_->rowOfStep(selectedStep_));
    const bool isHere = row && row->is_kept;
    try_->setEnabled(isHere);
    export_->setEnabled(isHere);
    resume_->setEnabled(isHere && canResume(run_.row().status));
    const QString why =
        !row || isHere ? QString() : tr("This checkpoint was removed to save space.");
    try_->setToolTip(why);
    export_->setToolTip(why);
    resume_->setToolTip(isHere && !canResume(run_.row().status)
                            ? tr("Only a run that stopped, failed or was lost can go on.")
                            : why);
}

} // namespace lyceum::ui
