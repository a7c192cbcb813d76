#include "ui/models/convert.h"
#include "ui/models/run_table_model.h"
#include "ui/models/session.h"
#include "ui/panels/runs/run_delegate.h"
#include "ui/panels/runs/runs_page.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/teardown.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QSaveFile>
#include <QSortFilterProxyModel>
#include <QTableView>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

RunsPage::~RunsPage()
{
    deleteWidgets(*this);
}

void RunsPage::focusFilter()
{
    filter_->setFocus(Qt::ShortcutFocusReason);
    filter_->selectAll();
}

void RunsPage::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isEnter && table_->hasFocus())
        openSelected();
    else if (event->key() == Qt::Key_Delete && table_->hasFocus())
        askDelete();
    else if (event->key() == Qt::Key_Escape && filter_->hasFocus())
        filter_->clear();
    else
        Place::keyPressEvent(event);
}

void RunsPage::open(const Location& location)
{
    Q_UNUSED(location)
    refresh();
    if (table_->currentIndex().isValid())
        return;
    table_->selectRow(0);
    table_->setFocus();
}

void RunsPage::setNarrow(bool isNarrow)
{
    table_->setColumnHidden(RunTableModel::ModelColumn,
                            isNarrow); // the second line of a row says both
    table_->setColumnHidden(RunTableModel::DataColumn, isNarrow);
    static_cast<RunDelegate*>(table_->itemDelegate())->setSaysSetup(isNarrow);
    header_->setNarrow(isNarrow);
}

void RunsPage::makeActions()
{
    auto* find = new QAction(tr("Find a run"), this);
    find->setShortcut(QKeySequence::Find);
    connect(find, &QAction::triggered, this, &RunsPage::focusFilter);
    auto* copy = new QAction(tr("Copy the table as CSV"), this);
    connect(copy, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(tableAsCsv()); });
    actions_ = {{MenuId::Edit, find}, {MenuId::Edit, copy}};
}

void RunsPage::goTo(PlaceId place, const QString& item)
{
    context_.navigator.go({.place = place, .item = item});
}

void RunsPage::showMenu(const QPoint& position)
{
    const auto* run = selected();
    if (run == nullptr)
        return;
    const QString name = toQt(run->name);
    const bool hasModel = run->best_step.has_value() || run->step > 0;
    QMenu menu(this);
    menu.addAction(tr("Open"), this, &RunsPage::openSelected);
    menu.addAction(tr("Resume"), this, &RunsPage::resumeSelected)
        ->setEnabled(canResume(run->status));
    menu.addSeparator();
    menu.addAction(tr("Try it"), this, [this, name] { goTo(PlaceId::TryIt, name); })
        ->setEnabled(hasModel);
    menu.addAction(tr("Export"), this, [this, name] { goTo(PlaceId::Export, name); })
        ->setEnabled(hasModel);
    menu.addSeparator();
    menu.addAction(tr("Delete"), this, &RunsPage::askDelete)->setEnabled(!isActive(run->status));
    menu.exec(table_->viewport()->mapToGlobal(position));
}

QMenu* RunsPage::makeExportMenu()
{
    auto* menu = new QMenu(this);
    menu->addAction(tr("Copy as CSV"), this,
                    [this] { QGuiApplication::clipboard()->setText(tableAsCsv()); });
    menu->addAction(tr("Save as CSV…"), this, &RunsPage::saveCsv);
    return menu;
}

QString RunsPage::tableAsCsv() const
{
    QList<int> rows;
    for (int row = 0; row < sorted_->rowCount(); ++row)
        rows << row;
    return toCsv(*sorted_, rows);
}

void RunsPage::saveCsv()
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Save the table of runs"), u"runs.csv"_s, tr("Comma-separated values (*.csv)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write(tableAsCsv().toUtf8());
    if (!file.commit())
        report(tr("The table was not saved"),
               {ErrorCode::Io, path.toStdString() + ": " + file.errorString().toStdString() + ".",
                "Choose another folder."});
}

} // namespace lyceum::ui
