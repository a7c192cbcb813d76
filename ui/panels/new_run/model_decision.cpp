#include "ui/panels/new_run/model_decision.h"

#include "core/config/new_model_defaults.h"
#include "ui/models/convert.h"
#include "ui/models/model_table_model.h"
#include "ui/models/new_model_sizes.h"
#include "ui/models/run_draft.h"
#include "ui/panels/new_run/choice_card.h"
#include "ui/panels/new_run/new_model_form.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"
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
constexpr auto kNone = "none"_L1;

} // namespace

ModelDecision::ModelDecision(RunDraft& draft, QWidget* parent)
    : DecisionCard(2, tr("Model"), tr("What to start from, and how much of it may change"), parent)
    , draft_(draft)
    , models_(new ModelTableModel(this))
    , table_(new QTableView)
    , other_(makeParagraph({}, TextStyle::Small))
    , methods_(new QButtonGroup(this))
    , start_(new SegmentedControl(tr("What to start from")))
    , new_(new NewModelForm(draft))
    , known_(new QWidget)
{
    setUpStart();
    setUpTable();
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    addMethod(
        u"lora"_s, tr("Adapters (LoRA)"),
        tr("Trains a small addition, under 4 % of the numbers. Quick, and its files are small."),
        row);
    addMethod(u"qlora"_s, tr("Adapters on 4 bits (QLoRA)"),
              tr("The same with the model squeezed into 4 bits meanwhile: for a model that would "
                 "not fit the memory. Slower, and a little less exact."),
              row);
    addMethod(
        u"full"_s, tr("Full"),
        tr("Trains every number. Can learn more; takes longer, and each checkpoint is large."),
        row);
    auto* known = new QVBoxLayout(known_);
    known->setContentsMargins({});
    known->setSpacing(space::k12);
    known->addWidget(table_);
    known->addWidget(other_);
    known->addLayout(row);
    body()->addWidget(start_, 0, Qt::AlignLeft);
    body()->addWidget(known_);
    body()->addWidget(new_);
    // Not buttonClicked: assistive technology toggles without a click.
    connect(methods_, &QButtonGroup::buttonToggled, this, [this](QAbstractButton* button, bool on) {
        if (on)
            draft_.setField(u"model.method"_s, button->property("value").toString());
    });
    connect(&draft_, &RunDraft::changed, this, &ModelDecision::refresh);
    setModels({});
}

void ModelDecision::setUpStart()
{
    start_->setObjectName(u"startFrom"_s);
    new_->setObjectName(u"newModel"_s);
    start_->addSegment(tr("A trained model"), tr("Goes on with what a model has learnt before"));
    start_->addSegment(tr("From scratch"),
                       tr("Begins with random weights: the model knows only what this data shows"));
    connect(start_, &SegmentedControl::chosen, this,
            [this](int index) { chooseStart(index == 1); });
}

void ModelDecision::chooseStart(bool fromScratch)
{
    const QString base = draft_.field(u"model.base"_s);
    if (fromScratch == (base == kNone))
        return;
    if (!fromScratch) {
        draft_.setField(u"model.base"_s,
                        base_.isEmpty() ? toQt(fieldInfo(u"model.base"_s).default_value) : base_);
        draft_.setField(u"model.method"_s, method_.isEmpty() ? u"lora"_s : method_);
        if (draft_.config().optimizer.lr == config::kNewModelRate)
            draft_.setField(u"optimizer.lr"_s, toQt(fieldInfo(u"optimizer.lr"_s).default_value));
        return;
    }
    if (draft_.isDefault(u"optimizer.lr"_s))
        draft_.setField(u"optimizer.lr"_s, QString::number(config::kNewModelRate));
    base_ = base;
    method_ = draft_.field(u"model.method"_s);
    draft_.setField(u"model.method"_s, u"full"_s);
    if (draft_.field(u"model.config"_s).isEmpty())
        draft_.setField(u"model.config"_s,
                        newModelSizes(draft_.field(u"model.family"_s)).at(1).config);
    draft_.setField(u"model.base"_s, kNone);
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
    new_->setModels(models);
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
    const bool fromScratch = base == kNone;
    start_->setCurrent(fromScratch ? 1 : 0);
    new_->setVisible(fromScratch);
    known_->setVisible(!fromScratch);
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
