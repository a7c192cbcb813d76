#include "ui/models/data_browser.h"
#include "ui/panels/data/data_page.h"
#include "ui/panels/data/dataset_delegate.h"
#include "ui/panels/data/problem_panel.h"
#include "ui/panels/data/record_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/teardown.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QProgressBar>
#include <QStackedWidget>
#include <QTableView>
#include <QTextBrowser>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

DataPage::DataPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , browser_(new DataBrowser(context.session.workspace(), this))
    , header_(new PageHeader(tr("Data"), this))
    , message_(new MessageBar(this))
    , use_(new Button(tr("Use for a new run"), u"media-playback-start"_s, ButtonKind::Filled))
    , list_(new QListView)
    , splits_(new SegmentedControl(tr("Part of the dataset")))
    , views_(new SegmentedControl(tr("What to show")))
    , filter_(new QLineEdit)
    , count_(makeLabel({}, TextStyle::Small, Role::Text2))
    , body_(new QStackedWidget)
    , table_(new QTableView)
    , card_(new QTextBrowser)
    , loading_(makeLabel({}, TextStyle::H3))
    , nothingFound_(new EmptyState(u"edit-find"_s, {}, {}))
    , problems_(new ProblemPanel(browser_->problems()))
    , record_(new RecordView)
{
    setObjectName(u"dataPage"_s);
    setAcceptDrops(true);
    makeHeader();
    auto* middle = new QVBoxLayout;
    middle->setSpacing(space::kCardGap);
    middle->addWidget(problems_);
    middle->addWidget(makeRecords(), 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kCardGap);
    row->addWidget(makeList());
    row->addLayout(middle, 1);
    row->addWidget(record_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addLayout(row, 1);
    makeActions();
    connectAll();
    setNarrow(false);
    refresh();
}

DataPage::~DataPage()
{
    deleteWidgets(*this);
}

void DataPage::makeHeader()
{
    auto* choose = new Button(tr("Open a file"), u"document-open"_s);
    choose->setToolTip(
        tr("A .jsonl file with text, prompt and completion, or messages; or a text"));
    connect(choose, &QPushButton::clicked, this, &DataPage::chooseFile);
    connect(use_, &QPushButton::clicked, this, &DataPage::useForRun);
    header_->addButton(choose);
    header_->addButton(use_);
}

void DataPage::makeActions()
{
    const auto add = [this](MenuId menu, const QString& text, const QKeySequence& shortcut,
                            auto slot) {
        auto* action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, slot);
        actions_.append({menu, action});
    };
    add(MenuId::Edit, tr("Find in records"), QKeySequence::Find, [this] {
        filter_->setFocus(Qt::ShortcutFocusReason);
        filter_->selectAll();
    });
    add(MenuId::Data, tr("Open a file…"), QKeySequence::Open, [this] { chooseFile(); });
    add(MenuId::Data, tr("Use for a new run"), QKeySequence(u"Ctrl+Return"_s),
        [this] { useForRun(); });
}

QWidget* DataPage::makeList()
{
    list_->setModel(&browser_->datasets());
    list_->setItemDelegate(new DatasetDelegate(list_));
    list_->setAccessibleName(tr("Datasets"));
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->setSpacing(0);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* card = new Card;
    card->body()->addWidget(makeLabel(tr("Datasets"), TextStyle::Caption, Role::Text2));
    card->body()->addWidget(list_, 1);
    card->body()->addWidget(
        makeParagraph(tr("Or drop a .jsonl file on this page. Nothing leaves this computer."),
                      TextStyle::Caption, Role::Text3));
    return card;
}

QWidget* DataPage::makeTools()
{
    views_->addSegment(tr("Records"));
    views_->addSegment(tr("Card"), tr("Where it comes from, what it is for, its licence"));
    views_->setCurrent(0);
    filter_->setPlaceholderText(tr("Find in records"));
    filter_->setAccessibleName(tr("Find in records"));
    filter_->setClearButtonEnabled(true);
    filter_->setMinimumWidth(140);
    filter_->setMaximumWidth(240);
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins({});
    row->setSpacing(space::k12);
    row->addWidget(views_);
    row->addWidget(splits_);
    row->addStretch(1);
    row->addWidget(filter_);
    return tools;
}

QWidget* DataPage::makeLoading()
{
    auto* busy = new QProgressBar;
    busy->setRange(0, 0);
    busy->setTextVisible(false);
    busy->setFixedWidth(240);
    busy->setAccessibleName(tr("Reading"));
    auto* cancel = new Button(tr("Cancel"), u"dialog-cancel"_s);
    connect(cancel, &QPushButton::clicked, browser_, &DataBrowser::cancel);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setSpacing(space::k12);
    column->addStretch(1);
    column->addWidget(loading_, 0, Qt::AlignHCenter);
    column->addWidget(busy, 0, Qt::AlignHCenter);
    column->addWidget(cancel, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return page;
}

QWidget* DataPage::makeRecords()
{
    setUpTable();
    card_->setProperty("plain", u"true"_s);
    card_->setOpenExternalLinks(true);
    card_->setAccessibleName(tr("The dataset's card"));
    auto* failed = new EmptyState(u"data-error"_s, tr("Nothing to show"),
                                  tr("The reason is above. Choose another dataset or file."));
    connect(nothingFound_->addAction(tr("Clear the filter"), {}, false), &QPushButton::clicked,
            filter_, &QLineEdit::clear);
    for (QWidget* page :
         {static_cast<QWidget*>(table_), static_cast<QWidget*>(card_), makeLoading(),
          static_cast<QWidget*>(nothingFound_), static_cast<QWidget*>(failed)})
        body_->addWidget(page);
    auto* card = new Card;
    card->body()->addWidget(makeTools());
    card->body()->addWidget(body_, 1);
    card->body()->addWidget(count_);
    return card;
}

void DataPage::setUpTable()
{
    table_->setModel(&browser_->records());
    table_->setAccessibleName(tr("Records"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(Theme::instance().scaled(measure::kRow));
    auto* columns = table_->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionResizeMode(QHeaderView::Stretch);
    columns->setSectionResizeMode(RecordTableModel::LineColumn, QHeaderView::Fixed);
    columns->resizeSection(RecordTableModel::LineColumn, 72);
}

void DataPage::connectAll()
{
    connect(browser_, &DataBrowser::changed, this, &DataPage::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        cardShown_.clear(); // its tables are drawn in the theme's colours
        refreshBody();
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid())
                    browser_->selectDataset(index.data(DatasetListModel::NameRole).toString());
            });
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
        browser_->records().setFilter(text);
        refreshBody();
        refreshRecord();
    });
    connect(views_, &SegmentedControl::chosen, this, [this](int view) {
        showsCard_ = view == 1;
        refresh();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &DataPage::refreshRecord);
    connect(record_, &RecordView::stepRequested, this, &DataPage::stepRecord);
}

} // namespace lyceum::ui
