#include "ui/panels/data/problem_panel.h"

#include "ui/models/convert.h"
#include "ui/models/record_problem_model.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kMostHeight = 320;
} // namespace

ProblemPanel::ProblemPanel(RecordProblemModel& model, QWidget* parent)
    : QWidget(parent), model_(model), title_(makeLabel({}, TextStyle::H3)), table_(new QTableView)
{
    table_->setModel(&model_);
    table_->setAccessibleName(tr("Problems of the file"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->setTextElideMode(Qt::ElideNone);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setMinimumSectionSize(2 * table_->fontMetrics().lineSpacing() +
                                                    space::k8);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    connect(table_->horizontalHeader(), &QHeaderView::sectionResized, table_,
            &QTableView::resizeRowsToContents);
    table_->horizontalHeader()->setSectionResizeMode(RecordProblemModel::ProblemColumn,
                                                     QHeaderView::Stretch);
    table_->horizontalHeader()->setSectionResizeMode(RecordProblemModel::RepairColumn,
                                                     QHeaderView::Stretch);
    auto* card = new Card(CardKind::Fault);
    auto* copy =
        new Button(tr("Copy all"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
    connect(copy, &QPushButton::clicked, this, &ProblemPanel::copyAll);
    auto* head = new QHBoxLayout;
    head->addWidget(title_);
    head->addStretch(1);
    head->addWidget(copy);
    card->body()->addLayout(head);
    card->body()->addWidget(
        makeParagraph(tr("Correct these lines in the file and open it again. "
                         "Nothing is left out silently, so training waits for them.")));
    card->body()->addWidget(table_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    setMaximumHeight(kMostHeight);
    connect(&model_, &QAbstractItemModel::modelReset, this, &ProblemPanel::refresh);
    refresh();
}

void ProblemPanel::refresh()
{
    title_->setText(
        counted(model_.rowCount(), tr("1 problem in this file"), tr("%1 problems in this file")));
    setVisible(!model_.isEmpty());
}

void ProblemPanel::copyAll()
{
    QGuiApplication::clipboard()->setText(model_.asText());
}

} // namespace lyceum::ui
