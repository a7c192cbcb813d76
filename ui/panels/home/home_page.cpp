#include "ui/panels/home/home_page.h"

#include "ui/models/background.h"
#include "ui/models/convert.h"
#include "ui/models/doctor_model.h"
#include "ui/panels/home/computer_card.h"
#include "ui/panels/home/drop_zone.h"
#include "ui/panels/home/recent_card.h"
#include "ui/panels/home/running_card.h"
#include "ui/panels/home/starter_card.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/teardown.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <utility>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kFolderKey = "data/last-folder"_L1;
constexpr auto kStarter = "starter";
constexpr auto kStarterData = "fractions-tutor"_L1;

Result<store::RunRow> startRecipe(const std::filesystem::path& workspace, std::string_view recipe)
{
    LYCEUM_ASSIGN(const auto source, config::load_source(recipe));
    auto parsed = config::parse_yaml(source.text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, source.name);
    LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace));
    LYCEUM_ASSIGN(parsed.config.name, jobs->free_name(parsed.config.name));
    return jobs->start(parsed.config);
}

} // namespace

HomePage::HomePage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , doctor_(new DoctorModel(context.session.workspace(), this))
    , header_(new PageHeader(tr("Home")))
    , newRun_(new Button(tr("New run"), u"list-add"_s))
    , continue_(new Button({}, u"office-chart-line"_s, ButtonKind::Filled))
    , message_(new MessageBar)
    , running_(new RunningCard(context.session))
    , starter_(new StarterCard)
    , drop_(new DropZone)
    , recent_(new RecentCard)
    , computer_(new ComputerCard(*doctor_))
    , lookAround_(makeLookAround())
{
    setObjectName(u"homePage"_s);
    continue_->setObjectName(u"continueRun"_s);
    header_->addButton(newRun_);
    header_->addButton(continue_);
    makeLayout();
    connectAll();
    refresh();
}

HomePage::~HomePage()
{
    deleteWidgets(*this);
}

void HomePage::makeLayout()
{
    auto* content = new QWidget;
    auto* main = new QVBoxLayout;
    main->setSpacing(space::kCardGap);
    main->addWidget(recent_);
    main->addWidget(drop_);
    main->addWidget(lookAround_);
    main->addStretch(1);
    auto* lower = new QHBoxLayout;
    lower->setSpacing(space::kCardGap);
    lower->addLayout(main, 3);
    lower->addWidget(computer_, 2, Qt::AlignTop);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins({});
    column->setSpacing(space::kCardGap);
    column->addWidget(running_);
    column->addWidget(starter_);
    column->addLayout(lower);
    column->addStretch(1);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    page->setSpacing(space::kCardGap);
    page->addWidget(header_);
    page->addWidget(message_);
    page->addWidget(makeScrollArea(content), 1);
}

QWidget* HomePage::makeLookAround()
{
    const struct {
        QString icon, title, text, action, item;
        PlaceId place;
    } lines[] = {
        {u"dialog-messages"_s,
         tr("Talk to the model before training"),
         tr("Ask it for 3/4 + 2/3 now, and again afterwards."),
         tr("Try it"),
         {},
         PlaceId::TryIt},
        {u"table"_s, tr("Read what it learns from"),
         tr("1,400 dialogues to learn from, 120 held back to check on, 100 for the final test."),
         tr("Read"), kStarterData, PlaceId::Data},
        {u"list-add"_s,
         tr("Set up a run of your own"),
         tr("Three decisions; everything else has a default."),
         tr("Set up"),
         {},
         PlaceId::NewRun},
    };
    auto* card = new Card;
    card->setTitle(tr("Or look around first"));
    bool isFirst = true;
    for (const auto& line : lines) {
        if (!std::exchange(isFirst, false))
            card->body()->addWidget(makeSeparator(Qt::Horizontal));
        auto* words = new QVBoxLayout;
        words->setSpacing(space::k2);
        words->addWidget(makeLabel(line.title, TextStyle::Strong));
        words->addWidget(makeParagraph(line.text, TextStyle::Small));
        auto* button = new Button(line.action);
        button->setAccessibleName(line.title);
        connect(button, &QPushButton::clicked, this,
                [this, place = line.place, item = line.item] { goTo(place, item); });
        auto* row = new QHBoxLayout;
        row->setSpacing(space::k12);
        row->addWidget(new IconLabel(line.icon), 0, Qt::AlignTop);
        row->addLayout(words, 1);
        row->addWidget(button);
        card->body()->addLayout(row);
    }
    return card;
}

void HomePage::connectAll()
{
    connect(newRun_, &QPushButton::clicked, this, [this] { goTo(PlaceId::NewRun); });
    connect(continue_, &QPushButton::clicked, this, [this] { goTo(PlaceId::Run, continues_); });
    connect(starter_, &StarterCard::startRequested, this, &HomePage::startStarter);
    connect(starter_, &StarterCard::settingsRequested, this,
            [this] { goTo(PlaceId::NewRun, u"recipe:starter"_s); });
    connect(starter_, &StarterCard::dataRequested, this,
            [this] { goTo(PlaceId::Data, kStarterData); });
    connect(drop_, &DropZone::chooseRequested, this, &HomePage::chooseFile);
    connect(drop_, &DropZone::fileDropped, this,
            [this](const QString& path) { goTo(PlaceId::Data, path); });
    connect(running_, &RunningCard::openRequested, this,
            [this](const QString& name) { goTo(PlaceId::Run, name); });
    connect(running_, &RunningCard::stopRequested, this, [this](const QString& name) {
        const auto asked =
            context_.session.jobs().ask(name.toStdString(), store::CommandKind::Stop);
        if (!asked)
            report(tr("%1 could not be stopped").arg(name), asked.error());
        context_.session.refresh();
    });
    connect(recent_, &RecentCard::openRequested, this,
            [this](const QString& name) { goTo(PlaceId::Run, name); });
    connect(recent_, &RecentCard::tryRequested, this,
            [this](const QString& name) { goTo(PlaceId::TryIt, name); });
    connect(recent_, &RecentCard::resumeRequested, this, &HomePage::resume);
    connect(recent_, &RecentCard::allRequested, this, [this] { goTo(PlaceId::Runs); });
    connect(&context_.session, &Session::runsChanged, this, &HomePage::refresh);
}

void HomePage::open(const Location& location)
{
    Q_UNUSED(location)
    message_->clear();
    if (doctor_->checks().empty())
        doctor_->check();
    refresh();
}

void HomePage::setNarrow(bool isNarrow)
{
    header_->setNarrow(isNarrow);
}

void HomePage::refresh()
{
    const auto& runs = context_.session.runs();
    const auto* active = context_.session.activeRun();
    running_->setVisible(active != nullptr);
    if (active != nullptr)
        running_->showRun(*active);
    starter_->setProminent(runs.empty());
    std::vector<store::RunRow> others; // the one that trains has its own card
    std::ranges::copy_if(runs, std::back_inserter(others),
                         [active](const auto& run) { return &run != active; });
    recent_->setVisible(!others.empty());
    lookAround_->setVisible(runs.empty());
    recent_->showRuns(others);
    refreshHeader();
}

void HomePage::refreshHeader()
{
    const auto& runs = context_.session.runs();
    const bool isFirstTime = runs.empty();
    header_->setTitle(isFirstTime ? tr("What should the model learn to do?") : tr("Home"));
    continue_->setVisible(!isFirstTime);
    newRun_->setVisible(!isFirstTime);
    if (isFirstTime) {
        header_->setFacts(
            tr("Start with the project that comes along, or bring material of your own."));
        return;
    }
    const auto* active = context_.session.activeRun();
    continues_ = toQt(active != nullptr ? active->name : runs.front().name);
    continue_->setText(tr("Continue %1").arg(continues_));
    const int failed = static_cast<int>(std::ranges::count_if(runs, [](const auto& run) {
        return run.status == store::RunStatus::Failed || run.status == store::RunStatus::Lost;
    }));
    QStringList facts{active != nullptr
                          ? counted(context_.session.activeCount(), tr("1 run is training"),
                                    tr("%1 runs are training"))
                          : tr("Nothing is training")};
    if (failed > 0)
        facts << counted(failed, tr("1 run can be resumed"), tr("%1 runs can be resumed"));
    header_->setFacts(facts.join(u", "_s));
}

void HomePage::startStarter()
{
    message_->clear();
    starter_->setStarting(true);
    inBackground(
        this,
        [workspace = context_.session.workspace()] { return startRecipe(workspace, kStarter); },
        [this](const Result<store::RunRow>& run) {
            starter_->setStarting(false);
            context_.session.refresh();
            if (run)
                goTo(PlaceId::Run, toQt(run.value().name));
            else
                report(tr("The starter project did not start"), run.error());
        });
}

void HomePage::resume(const QString& name)
{
    message_->clear();
    inBackground(
        this,
        [workspace = context_.session.workspace(),
         run = name.toStdString()]() -> Result<store::RunRow> {
            LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace));
            return jobs->resume(run);
        },
        [this, name](const Result<store::RunRow>& run) {
            context_.session.refresh();
            if (run)
                goTo(PlaceId::Run, name);
            else
                report(tr("%1 could not be resumed").arg(name), run.error());
        });
}

void HomePage::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Choose a file to learn from"), context_.settings.value(kFolderKey).toString(),
        tr("Records and texts (*.jsonl *.txt *.md);;All files (*)"));
    if (path.isEmpty())
        return;
    context_.settings.setValue(kFolderKey, QFileInfo(path).path());
    goTo(PlaceId::Data, path);
}

void HomePage::goTo(PlaceId place, const QString& item)
{
    context_.navigator.go({.place = place, .item = item});
}

void HomePage::report(const QString& title, const Error& error)
{
    message_->showMessage({.tone = Tone::Fault,
                           .title = title,
                           .text = toQt(error.message) + u' ' + toQt(error.hint)});
}

} // namespace lyceum::ui
