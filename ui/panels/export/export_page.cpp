#include "ui/panels/export/export_page.h"

#include "core/base/paths.h"
#include "ui/models/background.h"
#include "ui/models/convert.h"
#include "ui/models/export_job.h"
#include "ui/models/format.h"
#include "ui/panels/export/export_card.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/teardown.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

enum StatePage { ExportState, NothingState };

} // namespace

ExportPage::ExportPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , job_(new ExportJob(toQt(program_path("lyceum-engine")), toQt(context.session.workspace()),
                         this))
    , choices_(new ModelChoiceModel(ModelChoiceModel::Show::TrainedOnly, this))
    , header_(new PageHeader(tr("Export")))
    , start_(new Button(tr("Export"), u"document-export"_s, ButtonKind::Filled))
    , open_(new Button(tr("Open folder"), u"folder-open"_s, ButtonKind::Filled))
    , message_(new MessageBar)
    , states_(new QStackedWidget)
    , choice_(new QComboBox)
    , facts_(makeParagraph({}, TextStyle::Small))
    , folder_(new QLineEdit)
    , folderNote_(makeParagraph({}, TextStyle::Small))
    , card_(new ExportCard(*job_))
{
    setObjectName(u"exportPage"_s);
    makeHeader();
    auto* content = new QWidget;
    auto* left = new QVBoxLayout;
    left->setSpacing(space::kCardGap);
    left->addWidget(makeChoice());
    left->addWidget(card_);
    left->addStretch(1);
    auto* row = new QHBoxLayout(content);
    row->setContentsMargins({});
    row->setSpacing(space::kCardGap);
    row->addLayout(left, 5);
    row->addWidget(makeTravels(), 3, Qt::AlignTop);
    states_->addWidget(makeScrollArea(content));
    states_->addWidget(makeNothingYet());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addWidget(states_, 1);
    connectAll();
    refresh();
}

ExportPage::~ExportPage()
{
    deleteWidgets(*this);
}

void ExportPage::makeHeader()
{
    header_->setFacts(
        tr("A folder that other programs open, read back and checked after it is written."));
    start_->setObjectName(u"startExport"_s);
    header_->addButton(start_);
    header_->addButton(open_);
}

QWidget* ExportPage::makeChoice()
{
    choice_->setModel(choices_);
    choice_->setObjectName(u"exportChoice"_s);
    choice_->setAccessibleName(tr("Model to export"));
    folder_->setAccessibleName(tr("Folder to write"));
    auto* browse = new Button(tr("Choose"), u"folder-open"_s);
    connect(browse, &QPushButton::clicked, this, &ExportPage::chooseFolder);
    auto* place = new QHBoxLayout;
    place->setSpacing(space::k8);
    place->addWidget(folder_, 1);
    place->addWidget(browse);
    auto* card = new Card;
    card->setTitle(tr("What to hand over"));
    card->body()->addWidget(choice_);
    card->body()->addWidget(facts_);
    card->body()->addWidget(makeLabel(tr("Folder"), TextStyle::Strong));
    card->body()->addLayout(place);
    card->body()->addWidget(folderNote_);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return card;
}

QWidget* ExportPage::makeTravels()
{
    const std::pair<QString, QString> lines[] = {
        {tr("It stands alone"), tr("The folder needs neither Lyceum nor the base model's file.")},
        {tr("It stays as it is"),
         tr("An export is a copy: training on, or deleting the run, does not change it.")},
        {tr("Licences travel along"),
         tr("The base model's licence and your data's hold for the export, too.")},
    };
    auto* card = new Card;
    card->setTitle(tr("Good to know"));
    for (const auto& [title, text] : lines) {
        auto* words = new QVBoxLayout;
        words->setSpacing(space::k2);
        words->addWidget(makeLabel(title, TextStyle::Strong));
        words->addWidget(makeParagraph(text, TextStyle::Small));
        auto* row = new QHBoxLayout;
        row->setSpacing(space::k12);
        row->addWidget(new IconLabel(u"documentinfo"_s, Role::Accent), 0, Qt::AlignTop);
        row->addLayout(words, 1);
        card->body()->addLayout(row);
    }
    return card;
}

QWidget* ExportPage::makeNothingYet()
{
    auto* nothing =
        new EmptyState(u"document-export"_s, tr("Nothing to export yet"),
                       tr("A run can be exported as soon as it has saved its first checkpoint."));
    connect(nothing->addAction(tr("Set up a run"), u"list-add"_s, true), &QPushButton::clicked,
            this, [this] { context_.navigator.go({.place = PlaceId::NewRun}); });
    return nothing;
}

void ExportPage::connectAll()
{
    connect(start_, &QPushButton::clicked, this, &ExportPage::start);
    connect(open_, &QPushButton::clicked, this, &ExportPage::openFolder);
    connect(choice_, &QComboBox::activated, this, &ExportPage::choose);
    connect(folder_, &QLineEdit::textChanged, this, &ExportPage::refresh);
    connect(job_, &ExportJob::stateChanged, this, &ExportPage::jobChanged);
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
    int row = wanted.isEmpty() ? choices_->rowOf(before) : choices_->rowOf(wanted);
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
    folder_->setText(QDir(toQt(context_.session.workspace())).filePath(u"exports/"_s + name));
    refresh();
}

void ExportPage::refresh()
{
    const auto* choice = choices_->choice(choice_->currentIndex());
    const bool isRunning = job_->state() == ExportJob::State::Running;
    const bool isDone =
        job_->state() == ExportJob::State::Done && job_->folder() == folder_->text();
    if (choice != nullptr)
        facts_->setText(tr("trained from %1 · checkpoint of %2")
                            .arg(choice->baseModel, format::fileSize(choice->sizeBytes)));
    const QDir folder(folder_->text());
    const bool isAbsolute = QDir::isAbsolutePath(folder_->text());
    const bool hasFiles = isAbsolute && folder.exists() && !folder.isEmpty();
    folderNote_->setText(!isAbsolute ? tr("Give the whole path of a folder.")
                         : hasFiles && !isDone
                             ? tr("This folder holds files already. An earlier export is replaced; "
                                  "files of your own are not touched.")
                             : QString());
    folderNote_->setVisible(!folderNote_->text().isEmpty());
    start_->setEnabled(choice != nullptr && isAbsolute && !isRunning);
    start_->setKind(isDone ? ButtonKind::Outlined : ButtonKind::Filled);
    start_->setText(isDone ? tr("Export again") : tr("Export"));
    start_->setVisible(states_->currentIndex() == ExportState);
    open_->setVisible(isDone);
    choice_->setEnabled(!isRunning);
    folder_->setEnabled(!isRunning);
}

void ExportPage::jobChanged()
{
    message_->clear();
    if (job_->state() == ExportJob::State::Failed)
        message_->showMessage(
            {.tone = Tone::Fault, .title = job_->message(), .text = job_->hint()});
    refresh();
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
    if (choice != nullptr)
        job_->start(choice->reference, folder_->text());
}

void ExportPage::openFolder()
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(job_->folder()));
}

} // namespace lyceum::ui
