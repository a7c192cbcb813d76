#include "ui/models/convert.h"
#include "ui/models/run_draft.h"
#include "ui/models/run_estimator.h"
#include "ui/panels/new_run/data_decision.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/panels/new_run/model_decision.h"
#include "ui/panels/new_run/new_run_page.h"
#include "ui/panels/new_run/settings_form.h"
#include "ui/panels/new_run/summary_panel.h"
#include "ui/panels/new_run/yaml_editor.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/teardown.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

NewRunPage::NewRunPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , draft_(new RunDraft(this))
    , estimator_(new RunEstimator(*draft_, context.session.workspace(), this))
    , header_(new PageHeader(tr("New run")))
    , message_(new MessageBar)
    , ways_(new QStackedWidget)
    , yamlButton_(new Button(tr("Edit as YAML"), u"code-context"_s))
    , data_(new DataDecision(*draft_))
    , model_(new ModelDecision(*draft_))
    , settingsButton_(new Button({}, u"configure"_s, ButtonKind::Link))
    , summary_(new SummaryPanel(*draft_, *estimator_))
{
    setObjectName(u"newRunPage"_s);
    makeHeader();
    ways_->addWidget(makeForm());
    ways_->addWidget(new YamlEditor(*draft_));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kCardGap);
    row->addWidget(ways_, 1);
    row->addWidget(summary_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addLayout(row, 1);
    makeActions();
    connectAll();
    setNarrow(false);
    restoreDraft();
}

NewRunPage::~NewRunPage()
{
    deleteWidgets(*this);
}

void NewRunPage::makeHeader()
{
    header_->setFacts(
        tr("Three decisions. Everything else has a default that you can see and change."));
    connect(yamlButton_, &QPushButton::clicked, this,
            [this] { showYaml(ways_->currentIndex() == 0); });
    header_->addButton(yamlButton_);
}

void NewRunPage::makeActions()
{
    auto* begin = new QAction(tr("Start training"), this);
    begin->setShortcuts({QKeySequence(u"Ctrl+Return"_s), QKeySequence(u"Ctrl+Enter"_s)});
    connect(begin, &QAction::triggered, this, &NewRunPage::start);
    actions_ = {{MenuId::Run, begin}};
}

QWidget* NewRunPage::makeForm()
{
    length_ = makeLength();
    settingsCard_ = new Card;
    settingsCard_->hide();
    auto* form = new QWidget;
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins({});
    column->setSpacing(space::kCardGap);
    column->addWidget(data_);
    column->addWidget(model_);
    column->addWidget(length_);
    column->addWidget(settingsCard_);
    column->addStretch(1);
    scroll_ = makeScrollArea(form);
    return scroll_;
}

QWidget* NewRunPage::makeLength()
{
    constexpr int kColumns = 3;
    const std::pair<QString, QString> fields[] = {
        {u"trainer.max_epochs"_s, tr("Epochs")},
        {u"trainer.max_steps"_s, tr("Most steps")},
        {u"optimizer.lr"_s, tr("Learning rate")},
        {u"data.max_length"_s, tr("Longest record")},
        {u"trainer.batch_size"_s, tr("Batch size")},
        {u"callbacks.early_stopping.patience"_s, tr("Stop early after")},
    };
    auto* card = new DecisionCard(
        3, tr("How long"),
        tr("A check on held-back records ends the run early when it no longer improves"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::k16);
    grid->setVerticalSpacing(space::k12);
    int at = 0;
    for (const auto& [path, label] : fields) {
        grid->addWidget(new FieldEditor(*draft_, path, FieldEditor::Help::ToolTip, label),
                        at / kColumns, at % kColumns, Qt::AlignTop);
        ++at;
    }
    card->body()->addLayout(grid);
    card->body()->addWidget(settingsButton_, 0, Qt::AlignLeft);
    return card;
}

void NewRunPage::connectAll()
{
    connect(data_, &DataDecision::chosen, this, &NewRunPage::useData);
    connect(data_, &DataDecision::fileRequested, this, &NewRunPage::chooseFile);
    connect(data_, &DataDecision::openRequested, this, [this](const QString& reference) {
        context_.navigator.go({.place = PlaceId::Data, .item = reference});
    });
    connect(settingsButton_, &QPushButton::clicked, this,
            [this] { showSettings(!settingsCard_->isVisibleTo(this)); });
    connect(summary_, &SummaryPanel::startRequested, this, &NewRunPage::start);
    connect(summary_, &SummaryPanel::fieldRequested, this, &NewRunPage::showField);
    connect(draft_, &RunDraft::changed, this, &NewRunPage::refreshSettingsButton);
    connect(message_, &MessageBar::actionTriggered, this, [this] {
        message_->clear();
        if (repair_)
            repair_();
    });
    const auto nameEditors = summary_->findChildren<FieldEditor*>();
    for (auto* editor : nameEditors)
        connect(editor, &FieldEditor::edited, this, [this] { nameIsOurs_ = false; });
    refreshSettingsButton();
}

} // namespace lyceum::ui
