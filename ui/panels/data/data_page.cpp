#include "ui/panels/data/data_page.h"

#include "ui/models/convert.h"
#include "ui/models/data_browser.h"
#include "ui/models/format.h"
#include "ui/panels/data/markdown.h"
#include "ui/panels/data/problem_panel.h"
#include "ui/panels/data/record_view.h"
#include "ui/widgets/button.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/segmented_control.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QTableView>
#include <QTextBrowser>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kFolderKey = "data/last-folder"_L1;
enum Body { RecordsBody, CardBody, LoadingBody, NothingFoundBody, FailedBody };

QString splitWord(const std::string& split)
{
    if (split == "train")
        return DataPage::tr("To learn from");
    if (split == "validation")
        return DataPage::tr("Held back");
    if (split == "test")
        return DataPage::tr("Test");
    return toQt(split);
}

QString droppedFile(const QMimeData& mime)
{
    const auto urls = mime.urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

} // namespace

void DataPage::open(const Location& location)
{
    if (location.item.contains(u'/'))
        browser_->openFile(location.item);
    else if (!location.item.isEmpty())
        browser_->selectDataset(location.item);
    browser_->refresh();
}

void DataPage::setNarrow(bool isNarrow)
{
    isNarrow_ = isNarrow;
    header_->setNarrow(isNarrow);
    splits_->setNarrow(isNarrow);
    record_->setFixedWidth(isNarrow ? 300 : 380);
    list_->parentWidget()->setFixedWidth(isNarrow ? 190 : 240);
}

void DataPage::refresh()
{
    refreshHeader();
    refreshSplits();
    refreshBody();
    refreshRecord();
}

void DataPage::refreshHeader()
{
    const auto* dataset = browser_->dataset();
    const bool isFile = !browser_->filePath().isEmpty();
    if (isFile) {
        const QFileInfo file(browser_->filePath());
        header_->setTitle(file.fileName());
        header_->setFacts(tr("%1 · %2").arg(
            format::fileSize(static_cast<std::uint64_t>(file.size())), file.path()));
    } else if (dataset != nullptr) {
        header_->setTitle(toQt(dataset->title.empty() ? dataset->name : dataset->title));
        QStringList facts{
            tr("%1 records").arg(format::count(DatasetListModel::numRecords(*dataset)))};
        if (!dataset->licence.empty())
            facts << tr("licence %1").arg(toQt(dataset->licence));
        if (!dataset->source.empty())
            facts << toQt(dataset->source);
        header_->setFacts(facts.join(u" · "_s));
    }
    if (browser_->state() != DataBrowser::State::Ready)
        header_->setState({}, Tone::Neutral);
    else if (!browser_->problems().isEmpty())
        header_->setState(
            counted(browser_->problems().rowCount(), tr("1 problem"), tr("%1 problems")),
            Tone::Fault, u"data-error"_s);
    else
        header_->setState(tr("Ready"), Tone::Good, u"dialog-ok-apply"_s);
    use_->setEnabled(!browser_->reference().isEmpty());
    use_->setToolTip(browser_->problems().isEmpty() ? QString()
                                                    : tr("Correct the lines listed below first."));
}

void DataPage::refreshSplits()
{
    const auto* dataset = browser_->dataset();
    const QString owner = dataset != nullptr ? toQt(dataset->name) : browser_->filePath();
    if (dataset != nullptr && owner != splitsOf_) {
        auto* fresh = new SegmentedControl(tr("Part of the dataset"));
        for (const auto& split : dataset->splits)
            fresh->addSegment(
                u"%1  %2"_s.arg(splitWord(split.name),
                                format::count(static_cast<std::int64_t>(split.num_records))),
                toQt(split.name));
        connect(fresh, &SegmentedControl::chosen, browser_, &DataBrowser::selectSplit);
        delete splits_->parentWidget()->layout()->replaceWidget(splits_, fresh);
        splits_->deleteLater();
        splits_ = fresh;
        splits_->setNarrow(isNarrow_);
    }
    splitsOf_ = owner;
    splits_->setVisible(dataset != nullptr && !showsCard_);
    if (dataset != nullptr && browser_->split() < splits_->count())
        splits_->setCurrent(browser_->split());
    views_->setVisible(dataset != nullptr);
    const int row = dataset != nullptr ? browser_->datasets().rowOf(owner) : -1;
    const QSignalBlocker quiet(list_->selectionModel());
    list_->setCurrentIndex(browser_->datasets().index(row));
    list_->viewport()->update();
}

void DataPage::refreshBody()
{
    const auto state = browser_->state();
    const auto& records = browser_->records();
    message_->clear();
    if (state == DataBrowser::State::Failed) {
        const auto& error = browser_->error();
        message_->showMessage(
            {.tone = Tone::Fault, .title = toQt(error.message), .text = toQt(error.hint)});
    }
    loading_->setText(tr("Reading %1").arg(QFileInfo(browser_->loadingFile()).fileName()));
    nothingFound_->setTexts(tr("No record holds “%1”").arg(filter_->text().trimmed()),
                            tr("All words have to stand in one record, in any order."));
    const bool isFilteredAway = records.numRecords() > 0 && records.numMatches() == 0;
    const bool wantsCard = showsCard_ && browser_->dataset() != nullptr;
    if (wantsCard && cardShown_ != browser_->card()) {
        cardShown_ = browser_->card();
        showMarkdown(*card_->document(), cardShown_);
    }
    body_->setCurrentIndex(wantsCard                              ? CardBody
                           : state == DataBrowser::State::Loading ? LoadingBody
                           : state == DataBrowser::State::Failed  ? FailedBody
                           : isFilteredAway                       ? NothingFoundBody
                                                                  : RecordsBody);
    filter_->setVisible(!wantsCard);
    count_->setVisible(!wantsCard && state == DataBrowser::State::Ready);
    count_->setText(
        records.numMatches() == records.numRecords()
            ? counted(records.numRecords(), tr("1 record"), tr("%1 records"))
            : tr("%1 of %2 records")
                  .arg(format::count(records.numMatches()), format::count(records.numRecords())));
}

void DataPage::refreshRecord()
{
    if (!table_->currentIndex().isValid() && browser_->records().rowCount() > 0)
        table_->selectRow(0);
    const int row = table_->currentIndex().row();
    record_->showRecord(browser_->records().record(row), row, browser_->records().numMatches());
}

void DataPage::stepRecord(int by)
{
    auto& records = browser_->records();
    const int row = table_->currentIndex().row() + by;
    if (row >= records.rowCount())
        records.fetchMore({});
    if (row < 0 || row >= records.rowCount())
        return;
    table_->selectRow(row);
    table_->scrollTo(records.index(row, 0));
}

void DataPage::chooseFile()
{
    const QString folder = context_.settings.value(kFolderKey).toString();
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open a file of records"), folder,
                                     tr("Records and texts (*.jsonl *.txt *.md);;All files (*)"));
    if (path.isEmpty())
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(path).path());
    context_.navigator.go({.place = PlaceId::Data, .item = path});
}

void DataPage::useForRun()
{
    if (!browser_->reference().isEmpty())
        context_.navigator.go({.place = PlaceId::NewRun, .item = browser_->reference()});
}

void DataPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_J)
        stepRecord(1);
    else if (event->key() == Qt::Key_K)
        stepRecord(-1);
    else if (event->key() == Qt::Key_Escape && filter_->hasFocus())
        filter_->clear();
    else
        Place::keyPressEvent(event);
}

void DataPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!droppedFile(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void DataPage::dropEvent(QDropEvent* event)
{
    context_.navigator.go({.place = PlaceId::Data, .item = droppedFile(*event->mimeData())});
}

} // namespace lyceum::ui
