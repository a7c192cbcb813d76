#include "ui/panels/export/export_page.h"

#include "core/base/paths.h"
#include "ui/models/background.h"
#include "ui/models/convert.h"
#include "ui/models/export_offers.h"
#include "ui/models/export_queue.h"
#include "ui/models/format.h"
#include "ui/panels/export/export_card.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QStackedWidget>
#include <QUrl>

namespace lyceum::ui {

using namespace Qt::StringLiterals;
using State = ExportJob::State;

namespace {

enum StatePage { ExportState, NothingState };

constexpr auto kFolderKey = "export/folder"_L1;
constexpr auto kFormatsKey = "export/formats"_L1;
constexpr quint64 kSmallFiles = 32ULL << 20U; ///< Of each format: tokenizer, card, manifest.

QString dtypeKey(const QString& format)
{
    return u"export/dtype-"_s + format;
}

/// Free where `folder` is or will be; nothing where that cannot be said.
std::optional<quint64> freeBytes(const QString& folder)
{
    const auto free = free_disk_bytes(toPath(folder));
    return free ? std::optional<quint64>(free.value()) : std::nullopt;
}

} // namespace

void ExportPage::connectAll()
{
    connect(start_, &QPushButton::clicked, this, &ExportPage::start);
    connect(cancel_, &QPushButton::clicked, queue_, &ExportQueue::cancel);
    connect(open_, &QPushButton::clicked, this, &ExportPage::openFolder);
    connect(choice_, &QComboBox::activated, this, &ExportPage::choose);
    connect(folder_, &QLineEdit::textChanged, this, [this] {
        queue_->reset();
        refresh();
    });
    connect(queue_, &ExportQueue::changed, this, &ExportPage::refresh);
    connect(offers_, &ExportOffers::changed, this, &ExportPage::offersChanged);
    for (auto* card : cards_)
        connect(card, &ExportCard::chosenChanged, this, &ExportPage::formatsChosen);
}

void ExportPage::open(const Location& location)
{
    inBackground(
        this, [workspace = context_.session.workspace()] { return listModelChoices(workspace); },
        [this, wanted = location.item](Result<std::vector<ModelChoice>> choices) {
            choicesLoaded(wanted, std::move(choices));
        });
}

void ExportPage::setNarrow(bool isNarrow)
{
    header_->setNarrow(isNarrow);
}

void ExportPage::choicesLoaded(const QString& wanted, Result<std::vector<ModelChoice>> choices)
{
    if (!choices) {
        message_->showMessage({.tone = Tone::Fault,
                               .title = toQt(choices.error().message),
                               .text = toQt(choices.error().hint)});
        return;
    }
    const QString before = choice_->currentData(ModelChoiceModel::ReferenceRole).toString();
    choices_->setChoices(std::move(choices).value());
    int row =
        wanted.isEmpty() || queue_->isRunning() ? choices_->rowOf(before) : choices_->rowOf(wanted);
    if (row < 0 && choices_->rowCount() > 0)
        row = 0;
    choice_->setCurrentIndex(row);
    if (row >= 0 && (before != choices_->choice(row)->reference || folder_->text().isEmpty()))
        choose(row);
    states_->setCurrentIndex(choices_->rowCount() == 0 ? NothingState : ExportState);
    refresh();
}

void ExportPage::choose(int row)
{
    const auto* choice = choices_->choice(row);
    if (choice == nullptr)
        return;
    const QString name = QStringLiteral("%1-step-%2").arg(choice->run).arg(choice->step);
    const QString parent =
        context_.settings
            .value(kFolderKey, QDir(toQt(context_.session.workspace())).filePath(u"exports"_s))
            .toString();
    queue_->reset();
    folder_->setText(QDir(parent).filePath(name));
    offers_->ask(choice->reference);
}

void ExportPage::offersChanged()
{
    const auto* choice = choices_->choice(choice_->currentIndex());
    message_->clear();
    if (offers_->state() == ExportOffers::State::Failed)
        message_->showMessage(
            {.tone = Tone::Fault, .title = offers_->message(), .text = offers_->hint()});
    for (auto* card : cards_) {
        card->setSubject({.name = choice != nullptr ? choice->run : QString(),
                          .baseModel = offers_->baseModel(),
                          .hasChatTemplate = offers_->hasChatTemplate()});
        card->setOffer(offers_->offer(card->format()),
                       context_.settings.value(dtypeKey(card->format())).toString());
    }
    refresh();
}

void ExportPage::formatsChosen()
{
    QStringList chosen;
    for (auto* card : cards_) {
        if (card->isChosen())
            chosen << card->format();
        if (!card->dtype().isEmpty())
            context_.settings.setValue(dtypeKey(card->format()), card->dtype());
    }
    context_.settings.setValue(kFormatsKey, chosen);
    refresh();
}

QString ExportPage::folderOf(const QString& format) const
{
    return QDir(folder_->text()).filePath(exportWords(format).folder);
}

bool ExportPage::hasResults() const
{
    return queue_->count(State::Done) > 0 && !queue_->isRunning();
}

void ExportPage::refresh()
{
    const auto* choice = choices_->choice(choice_->currentIndex());
    const bool isRunning = queue_->isRunning();
    if (choice != nullptr)
        facts_->setText(tr("trained from %1 · checkpoint of %2")
                            .arg(choice->baseModel, format::fileSize(choice->sizeBytes)));
    int numChosen = 0;
    for (auto* card : cards_) {
        card->setLocked(isRunning);
        numChosen += card->isChosen() ? 1 : 0;
    }
    const bool hasRoom = refreshRoom(numChosen);
    start_->setEnabled(choice != nullptr && hasRoom && numChosen > 0);
    choice_->setEnabled(!isRunning);
    folder_->setEnabled(!isRunning);
    browse_->setEnabled(!isRunning);
    refreshHeader(numChosen);
}

void ExportPage::refreshHeader(int numChosen)
{
    const bool isShown = states_->currentIndex() == ExportState;
    const bool isRunning = queue_->isRunning();
    start_->setVisible(isShown && !isRunning);
    start_->setKind(hasResults() ? ButtonKind::Outlined : ButtonKind::Filled);
    start_->setText(hasResults()     ? tr("Export again")
                    : numChosen == 1 ? tr("Export 1 format")
                    : numChosen > 1  ? tr("Export %1 formats").arg(numChosen)
                                     : tr("Export"));
    cancel_->setVisible(isRunning);
    open_->setVisible(hasResults());
    const int done = queue_->count(State::Done);
    const int failed = queue_->count(State::Failed);
    const int all = done + failed + queue_->count(State::Waiting) + queue_->count(State::Running) +
                    queue_->count(State::Cancelled);
    if (isRunning)
        header_->setState(tr("%1 of %2 written").arg(done).arg(all), Tone::Info, u"clock"_s);
    else if (all == 0)
        header_->setState({}, Tone::Neutral);
    else
        header_->setState(tr("%1 of %2 verified").arg(done).arg(all),
                          failed > 0    ? Tone::Fault
                          : done == all ? Tone::Good
                                        : Tone::Caution,
                          failed > 0    ? u"data-error"_s
                          : done == all ? u"dialog-ok-apply"_s
                                        : u"data-warning"_s);
    header_->setFacts(tr("Copies that other programs open, each read back and checked after it is "
                         "written."));
}

bool ExportPage::refreshRoom(int numChosen)
{
    const auto say = [this](const QString& iconName, Role role, const QString& text) {
        roomIcon_->setIcon(iconName, role);
        setLabelRole(room_, role == Role::Fault ? Role::Fault : Role::Text2);
        room_->setText(text);
    };
    if (!QDir::isAbsolutePath(folder_->text())) {
        say(u"data-error"_s, Role::Fault, tr("Give the whole path of a folder."));
        return false;
    }
    if (offers_->state() == ExportOffers::State::Asking) {
        say(u"clock"_s, Role::Text2, tr("Asking the engine what this model can be written as"));
        return false;
    }
    if (offers_->state() == ExportOffers::State::Failed) {
        say(u"data-error"_s, Role::Fault, tr("This model cannot be exported as it is; see above."));
        return false;
    }
    quint64 bytes = 0;
    quint64 needed = 0;
    for (auto* card : cards_)
        if (card->isChosen()) {
            bytes += card->sizeBytes();
            needed += card->sizeBytes() + kSmallFiles;
        }
    if (numChosen == 0) {
        say(u"documentinfo"_s, Role::Text2, tr("Tick at least one format below."));
        return false;
    }
    const auto free = freeBytes(folder_->text());
    if (free && *free < needed) {
        say(u"data-error"_s, Role::Fault,
            tr("This export needs %1, and %2 are free on that disk. Choose a smaller form, fewer "
               "formats, or a folder on another disk.")
                .arg(format::fileSize(needed), format::fileSize(*free)));
        return false;
    }
    say(u"drive-harddisk"_s, Role::Text2,
        tr("About %1 in all, each format in a folder of its own; %2 are free on that disk. An "
           "earlier export there is replaced, files of your own are not touched.")
            .arg(format::fileSize(bytes), free ? format::fileSize(*free) : format::unknown()));
    return true;
}

void ExportPage::chooseFolder()
{
    const QString parent = QFileDialog::getExistingDirectory(
        this, tr("Choose where the export's folder goes"), QFileInfo(folder_->text()).path());
    if (parent.isEmpty())
        return;
    folder_->setText(QDir(parent).filePath(QFileInfo(folder_->text()).fileName()));
}

void ExportPage::start()
{
    const auto* choice = choices_->choice(choice_->currentIndex());
    if (choice == nullptr)
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(folder_->text()).path());
    QVector<ExportJob::Request> requests;
    for (auto* card : cards_)
        if (card->isChosen())
            requests.append({.reference = choice->reference,
                             .format = card->format(),
                             .dtype = card->dtype(),
                             .folder = folderOf(card->format())});
    queue_->start(requests);
}

void ExportPage::openFolder()
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(folder_->text()));
}

} // namespace lyceum::ui
