#include "ui/panels/runs/runs_page.h"

#include "ui/models/background.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_table_model.h"
#include "ui/models/session.h"
#include "ui/panels/runs/run_delegate.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/page_header.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kFilterWidth = 240;
enum StatePage { TablePage, NothingYetPage, NothingFoundPage };

/// "1 training, 3 finished, 1 failed"
QString summary(const std::vector<store::RunRow>& runs)
{
    const auto count = [&runs](auto has) {
        return static_cast<int>(std::ranges::count_if(runs, has));
    };
    const int active = count([](const auto& run) { return isActive(run.status); });
    const int finished =
        count([](const auto& run) { return run.status == store::RunStatus::Finished; });
    const int resumable = count([](const auto& run) { return canResume(run.status); });
    QStringList parts;
    if (active > 0)
        parts << RunsPage::tr("%1 training").arg(active);
    if (finished > 0)
        parts << RunsPage::tr("%1 finished").arg(finished);
    if (resumable > 0)
        parts << RunsPage::tr("%1 can be resumed").arg(resumable);
    return parts.join(u", "_s);
}

} // namespace

RunsPage::RunsPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , session_(context.session)
    , model_(new RunTableModel(this))
    , sorted_(new QSortFilterProxyModel(this))
    , header_(new PageHeader(tr("Runs"), this))
    , message_(new MessageBar(this))
    , filter_(new QLineEdit(this))
    , states_(new QStackedWidget(this))
    , table_(new QTableView(this))
    , nothingFound_(new EmptyState(u"edit-find"_s, {}, {}, this))
    , open_(new Button(tr("Open"), u"document-open"_s, ButtonKind::Outlined, ButtonSize::Small))
    , resume_(new Button(tr("Resume"), u"media-playback-start"_s, ButtonKind::Outlined,
                         ButtonSize::Small))
    , delete_(new Button(tr("Delete"), u"edit-delete"_s, ButtonKind::Outlined, ButtonSize::Small))
{
    setObjectName(u"runsPage"_s);
    filter_->setPlaceholderText(tr("Filter: name, state, model, data"));
    filter_->setAccessibleName(tr("Filter the runs"));
    filter_->setClearButtonEnabled(true);
    filter_->setFixedWidth(kFilterWidth);
    auto* exportTable = new Button(tr("Table"), u"document-export"_s);
    exportTable->setMenu(makeExportMenu());
    auto* newRun = new Button(tr("New run"), u"list-add"_s, ButtonKind::Filled);
    connect(newRun, &QPushButton::clicked, this, [this] { goTo(PlaceId::NewRun); });
    header_->addButton(filter_);
    header_->addButton(exportTable);
    header_->addButton(newRun);

    auto* nothingYet = new EmptyState(
        u"office-chart-line"_s, tr("No runs yet"),
        tr("A run is one training: its settings, its curves and the models it saved. "
           "Runs appear here as soon as they start."));
    connect(nothingYet->addAction(tr("Set up a run"), u"list-add"_s, false), &QPushButton::clicked,
            this, [this] { goTo(PlaceId::NewRun); });
    connect(nothingFound_->addAction(tr("Clear the filter"), {}, false), &QPushButton::clicked,
            filter_, &QLineEdit::clear);

    states_->addWidget(makeTableCard());
    states_->addWidget(nothingYet);
    states_->addWidget(nothingFound_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addWidget(states_, 1);
    makeActions();
    connectAll();
    refresh();
}

QWidget* RunsPage::makeTableCard()
{
    setUpTable();
    auto* card = new Card;
    card->body()->addWidget(table_, 1);
    auto* actions = new QHBoxLayout;
    actions->setSpacing(space::k8);
    actions->addWidget(makeLabel(tr("Enter opens, Del deletes"), TextStyle::Small, Role::Text3));
    actions->addStretch(1);
    for (auto* button : {open_, resume_, delete_})
        actions->addWidget(button);
    card->body()->addLayout(actions);
    return card;
}

void RunsPage::setUpTable()
{
    sorted_->setSourceModel(model_);
    sorted_->setSortRole(RunTableModel::SortRole);
    sorted_->setFilterRole(RunTableModel::SearchRole);
    sorted_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    sorted_->setSortLocaleAware(true);
    table_->setModel(sorted_);
    table_->setItemDelegate(new RunDelegate(table_));
    table_->setAccessibleName(tr("Runs"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    auto* columns = table_->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionResizeMode(QHeaderView::Interactive);
    columns->setSectionResizeMode(RunTableModel::NameColumn, QHeaderView::Stretch);
    const std::pair<int, int> widths[] = {
        {RunTableModel::StateColumn, 120},  {RunTableModel::ModelColumn, 230},
        {RunTableModel::DataColumn, 150},   {RunTableModel::ProgressColumn, 150},
        {RunTableModel::LossColumn, 100},   {RunTableModel::TimeColumn, 110},
        {RunTableModel::StartedColumn, 130}};
    for (const auto& [section, width] : widths)
        columns->resizeSection(section, width);
    table_->setSortingEnabled(true);
    table_->sortByColumn(RunTableModel::StartedColumn, Qt::DescendingOrder);
}

void RunsPage::connectAll()
{
    connect(&session_, &Session::runsChanged, this, &RunsPage::refresh);
    connect(filter_, &QLineEdit::textChanged, this, &RunsPage::showFor);
    connect(table_, &QTableView::doubleClicked, this, &RunsPage::openSelected);
    connect(table_, &QWidget::customContextMenuRequested, this, &RunsPage::showMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPage::refreshActions);
    connect(open_, &QPushButton::clicked, this, &RunsPage::openSelected);
    connect(resume_, &QPushButton::clicked, this, &RunsPage::resumeSelected);
    connect(delete_, &QPushButton::clicked, this, &RunsPage::askDelete);
    connect(message_, &MessageBar::actionTriggered, this, [this] {
        message_->clear();
        if (repair_)
            repair_();
    });
}

void RunsPage::refresh()
{
    model_->setRuns(session_.runs());
    header_->setFacts(summary(session_.runs()));
    showFor(filter_->text());
    refreshActions();
}

void RunsPage::showFor(const QString& filter)
{
    sorted_->setFilterFixedString(filter.trimmed());
    const bool isEmpty = model_->rowCount() == 0;
    if (!isEmpty && sorted_->rowCount() == 0)
        nothingFound_->setTexts(tr("No run matches “%1”").arg(filter.trimmed()),
                                tr("The filter looks at names, states, models and data."));
    states_->setCurrentIndex(isEmpty                    ? NothingYetPage
                             : sorted_->rowCount() == 0 ? NothingFoundPage
                                                        : TablePage);
    filter_->setEnabled(!isEmpty);
}

const store::RunRow* RunsPage::selected() const
{
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : model_->run(sorted_->mapToSource(rows.first()).row());
}

void RunsPage::refreshActions()
{
    const auto* run = selected();
    open_->setEnabled(run != nullptr);
    resume_->setEnabled(run != nullptr && canResume(run->status));
    delete_->setEnabled(run != nullptr && !isActive(run->status));
    delete_->setToolTip(run != nullptr && isActive(run->status)
                            ? tr("Stop it first: it is still at work.")
                            : QString());
}

void RunsPage::openSelected()
{
    if (const auto* run = selected())
        goTo(PlaceId::Run, toQt(run->name));
}

void RunsPage::resumeSelected()
{
    const auto* run = selected();
    if (run == nullptr)
        return;
    message_->clear();
    inBackground(
        this,
        [workspace = session_.workspace(), name = run->name]() -> Result<store::RunRow> {
            LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace));
            return jobs->resume(name);
        },
        [this, name = toQt(run->name)](const Result<store::RunRow>& resumed) {
            session_.refresh();
            if (resumed)
                goTo(PlaceId::Run, name);
            else
                report(tr("%1 could not be resumed").arg(name), resumed.error());
        });
}

void RunsPage::askDelete()
{
    const auto* run = selected();
    if (run == nullptr || isActive(run->status))
        return;
    const QString name = toQt(run->name);
    std::uint64_t bytes = 0;
    int kept = 0;
    if (const auto checkpoints = session_.store().checkpoints(run->id)) {
        for (const auto& checkpoint : checkpoints.value()) {
            kept += checkpoint.is_kept ? 1 : 0;
            bytes += checkpoint.is_kept ? checkpoint.size_bytes : 0;
        }
    }
    if (kept == 0) { // nothing learnt is lost
        deleteRun(name);
        return;
    }
    repair_ = [this, name] { deleteRun(name); };
    message_->showMessage(
        {.tone = Tone::Caution,
         .title = tr("Delete %1?").arg(name),
         .text = tr("Its curves and %1, %2, are deleted for good. Exports stay.")
                     .arg(counted(kept, tr("1 saved model"), tr("%1 saved models")),
                          format::fileSize(bytes)),
         .action = tr("Delete %1").arg(name)});
}

void RunsPage::deleteRun(const QString& name)
{
    inBackground(
        this,
        [workspace = session_.workspace(), run = name.toStdString()]() -> Result<void> {
            LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace));
            return jobs->remove(run);
        },
        [this, name](const Result<void>& removed) {
            session_.refresh();
            if (!removed)
                report(tr("%1 could not be deleted").arg(name), removed.error());
        });
}

void RunsPage::report(const QString& title, const Error& error)
{
    repair_ = nullptr;
    message_->showMessage({.tone = Tone::Fault,
                           .title = title,
                           .text = toQt(error.message) + u' ' + toQt(error.hint)});
}

} // namespace lyceum::ui
