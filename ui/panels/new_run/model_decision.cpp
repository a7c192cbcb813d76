#include "ui/panels/new_run/model_decision.h"

#include "ui/models/convert.h"
#include "ui/models/model_table_model.h"
#include "ui/models/run_draft.h"
#include "ui/panels/new_run/choice_card.h"
#include "ui/theme/theme.h"
#include "ui/widgets/styled.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMostRows = 6; // more scroll

} // namespace

ModelDecision::ModelDecision(RunDraft& draft, QWidget* parent)
    : DecisionCard(2, tr("Model"), tr("What to start from, and how much of it may change"), parent)
    , draft_(draft)
    , models_(new ModelTableModel(this))
    , table_(new QTableView)
    , other_(makeParagraph({}, TextStyle::Small))
    , methods_(new QButtonGroup(this))
{
    setUpTable();
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    addMethod(
        u"lora"_s, tr("Adapters (LoRA)"),
        tr("Trains a small addition, under 4 % of the numbers. Quick, and its files are small."),
        row);
    addMethod(
        u"full"_s, tr("Full"),
        tr("Trains every number. Can learn more; takes longer, and each checkpoint is large."),
        row);
    body()->addWidget(table_);
    body()->addWidget(other_);
    body()->addLayout(row);
    // Not buttonClicked: assistive technology toggles without a click.
    connect(methods_, &QButtonGroup::buttonToggled, this, [this](QAbstractButton* button, bool on) {
        if (on)
            draft_.setField(u"model.method"_s, button->property("value").toString());
    });
    connect(&draft_, &RunDraft::changed, this, &ModelDecision::refresh);
    setModels({});
}

void ModelDecision::setUpTable()
{
    table_->setModel(models_);
    table_->setObjectName(u"baseModels"_s);
    table_->setAccessibleName(tr("Base models"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(Theme::instance().scaled(measure::kRowDense));
    auto* columns = table_->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionResizeMode(QHeaderView::ResizeToContents);
    columns->setSectionResizeMode(ModelTableModel::NameColumn, QHeaderView::Stretch);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid())
                    draft_.setField(u"model.base"_s,
                                    index.data(ModelTableModel::ReferenceRole).toString());
            });
}

void ModelDecision::addMethod(const QString& value, const QString& title, const QString& text,
                              QHBoxLayout* row)
{
    auto* card = new ChoiceCard(title, text);
    card->setProperty("value", value);
    card->setObjectName(u"method:"_s + value);
    methods_->addButton(card);
    row->addWidget(card, 1);
}

void ModelDecision::setModels(std::vector<models::ModelSummary> models)
{
    const QSignalBlocker quiet(table_->selectionModel());
    models_->setModels(std::move(models));
    fitTable();
    refresh();
}

void ModelDecision::fitTable()
{
    const int rows = std::clamp(models_->rowCount(), 1, kMostRows);
    const int header = table_->horizontalHeader()->sizeHint().height();
    table_->setFixedHeight(header + rows * table_->verticalHeader()->defaultSectionSize() +
                           space::k4);
}

void ModelDecision::refresh()
{
    const QString base = draft_.field(u"model.base"_s);
    const int row = models_->rowOf(base);
    if (table_->currentIndex().row() != row) {
        const QSignalBlocker quiet(table_->selectionModel());
        if (row >= 0)
            table_->selectRow(row);
        else
            table_->clearSelection();
        table_->viewport()->update();
    }
    const auto* problem = draft_.problemOf(u"model.base"_s);
    other_->setVisible(problem != nullptr || row < 0);
    other_->setText(problem != nullptr ? toQt(problem->message) + u' ' + toQt(problem->hint)
                                       : tr("Starts from %1.").arg(base));
    setLabelRole(other_, problem != nullptr ? Role::Fault : Role::Text2);
    const QString method = draft_.field(u"model.method"_s);
    const QSignalBlocker notChosen(methods_);
    for (auto* button : methods_->buttons())
        if (button->property("value").toString() == method)
            button->setChecked(true);
}

} // namespace lyceum::ui
