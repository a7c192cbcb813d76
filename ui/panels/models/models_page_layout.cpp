// How the Models page is built; what it does is in models_page.cpp.
#include "ui/models/model_shelf.h"
#include "ui/panels/models/models_page.h"
#include "ui/panels/models/token_playground.h"
#include "ui/theme/theme.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/teardown.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSettings>
#include <QStackedWidget>
#include <QTableView>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kTextKey = "models/playground"_L1;

void setUpTable(QTableView* table, QAbstractItemModel* model, const QString& name)
{
    table->setModel(model);
    table->setAccessibleName(name);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(Theme::instance().scaled(measure::kRowDense));
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

} // namespace

ModelsPage::ModelsPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , shelf_(new ModelShelf(context.session.workspace(), this))
    , header_(new PageHeader(tr("Models")))
    , message_(new MessageBar)
    , list_(new QTableView)
    , title_(makeLabel({}, TextStyle::H2))
    , views_(new SegmentedControl(tr("What to show")))
    , body_(new QStackedWidget)
    , facts_(new QGridLayout)
    , tensors_(new QTableView)
    , playground_(new TokenPlayground)
    , use_(new Button(tr("Use for a new run"), u"media-playback-start"_s, ButtonKind::Filled))
    , remove_(new Button(tr("Forget"), u"list-remove"_s, ButtonKind::Outlined, ButtonSize::Small))
{
    setObjectName(u"modelsPage"_s);
    setAcceptDrops(true);
    makeActions();
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kCardGap);
    row->addWidget(makeList());
    row->addWidget(makeDetails(), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addLayout(row, 1);
    connectAll();
    setNarrow(false);
    refresh();
}

ModelsPage::~ModelsPage()
{
    deleteWidgets(*this);
}

void ModelsPage::makeActions()
{
    header_->setFacts(tr("What a run can start from. Drop a folder or a .gguf file to add it; it "
                         "stays where it lies."));
    auto* folder = new Button(tr("Add a folder"), u"folder-open"_s);
    auto* file = new Button(tr("Add a file"), u"document-open"_s);
    connect(folder, &QPushButton::clicked, this, &ModelsPage::chooseFolder);
    connect(file, &QPushButton::clicked, this, &ModelsPage::chooseFile);
    for (QWidget* button :
         {static_cast<QWidget*>(folder), static_cast<QWidget*>(file), static_cast<QWidget*>(use_)})
        header_->addButton(button);
    auto* addFolder = new QAction(tr("Add a model &folder"), this);
    auto* addFile = new QAction(tr("Add a model f&ile"), this);
    connect(addFolder, &QAction::triggered, this, &ModelsPage::chooseFolder);
    connect(addFile, &QAction::triggered, this, &ModelsPage::chooseFile);
    actions_ = {{MenuId::File, addFolder}, {MenuId::File, addFile}};
}

QWidget* ModelsPage::makeList()
{
    setUpTable(list_, &shelf_->models(), tr("Models"));
    auto* card = new Card;
    card->body()->addWidget(list_, 1);
    remove_->setToolTip(tr("Takes it off this list; its files stay where they are"));
    card->body()->addWidget(remove_, 0, Qt::AlignLeft);
    return card;
}

QWidget* ModelsPage::makeDetails()
{
    views_->addSegment(tr("Overview"));
    views_->addSegment(tr("Tensors"), tr("Every weight matrix in the file"));
    views_->addSegment(tr("Tokens"), tr("How it reads a text"));
    facts_->setContentsMargins({});
    facts_->setHorizontalSpacing(space::k24);
    facts_->setVerticalSpacing(space::k12);
    facts_->setColumnStretch(1, 1);
    auto* overview = new QWidget;
    overview->setLayout(facts_);
    playground_->setText(context_.settings
                             .value(kTextKey, tr("Zoë cut the pizza into 12 pieces and ate 5/12 "
                                                 "of it. Unbelievable!"))
                             .toString());
    connect(playground_, &TokenPlayground::textChanged, this,
            [this] { context_.settings.setValue(kTextKey, playground_->text()); });
    body_->addWidget(overview);
    body_->addWidget(makeTensors());
    body_->addWidget(playground_);
    auto* head = new QHBoxLayout;
    head->addWidget(title_);
    head->addStretch(1);
    head->addWidget(views_);
    auto* card = new Card;
    card->body()->addLayout(head);
    card->body()->addWidget(body_, 1);
    return card;
}

QWidget* ModelsPage::makeTensors()
{
    setUpTable(tensors_, &shelf_->tensors(), tr("Tensors of the model"));
    auto* copy =
        new Button(tr("Copy all"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(shelf_->tensors().toText()); });
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins({});
    column->addWidget(tensors_, 1);
    column->addWidget(copy, 0, Qt::AlignRight);
    return page;
}

} // namespace lyceum::ui
