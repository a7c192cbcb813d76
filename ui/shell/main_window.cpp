#include "ui/shell/main_window.h"

#include "ui/shell/rail.h"
#include "ui/shell/run_actions.h"
#include "ui/shell/status_strip.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/focus_ring.h"
#include "ui/widgets/scroll_area_accessible.h"

#include <QAction>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QTextStream>
#include <QVBoxLayout>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kGeometryKey = "window/geometry"_L1;
constexpr auto kPlaceKey = "window/place"_L1;
constexpr auto kItemKey = "window/item"_L1;
constexpr auto kTabKey = "window/tab"_L1;
constexpr QSize kMinimumSize(960, 600);
constexpr QSize kFirstSize(1440, 900);

} // namespace

MainWindow::MainWindow(Session& session, PlaceRegistry registry, QWidget* parent)
    : QMainWindow(parent)
    , session_(session)
    , registry_(std::move(registry))
    , settings_(std::make_unique<QSettings>(
          QString::fromStdString((session.workspace() / "studio.ini").string()),
          QSettings::IniFormat))
    , navigator_(std::make_unique<Navigator>())
    , runActions_(std::make_unique<RunActions>(session, *navigator_))
    , context_(std::make_unique<Context>(Context{.session = session,
                                                 .navigator = *navigator_,
                                                 .runActions = *runActions_,
                                                 .settings = *settings_}))
{
    installScrollAreaAccessibility();
    setWindowTitle(tr("Lyceum"));
    setMinimumSize(kMinimumSize);
    buildBody();
    buildRail();
    buildFileMenu();
    buildViewMenu();
    buildRunMenu();
    buildHelpMenu();
    new FocusRing(this);
    connect(navigator_.get(), &Navigator::moved, this, &MainWindow::showPlace);
    connect(&session_, &Session::runsChanged, this,
            [this] { rail_->setBadge(PlaceId::Runs, session_.activeCount()); });
    rail_->setBadge(PlaceId::Runs, session_.activeCount());
    restore();
}

MainWindow::~MainWindow()
{
    // The places hold references into the context, which goes with our members.
    delete stack_;
}

void MainWindow::buildBody()
{
    auto* body = new QWidget;
    rail_ = new Rail;
    stack_ = new QStackedWidget;
    strip_ = new StatusStrip(session_);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(rail_);
    row->addWidget(stack_, 1);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(row, 1);
    column->addWidget(strip_);
    setCentralWidget(body);
    connect(rail_, &Rail::chosen, this, [this](PlaceId id) { navigator_->go({.place = id}); });
    connect(strip_, &StatusStrip::runClicked, this, [this](const QString& name) {
        if (isRegistered(PlaceId::Run))
            navigator_->go({.place = PlaceId::Run, .item = name});
    });
}

bool MainWindow::isRegistered(PlaceId id) const
{
    return std::ranges::find(registry_, id, &PlaceEntry::id) != registry_.end();
}

void MainWindow::showPlace(const Location& location)
{
    Place* place = places_.value(location.place);
    if (!place)
        place = makePlace(location.place);
    if (!place)
        return;
    stack_->setCurrentWidget(place);
    rail_->setCurrent(location.place);
    rail_->update();
    const bool isRun = location.place == PlaceId::Run;
    const auto* run = isRun ? session_.find(location.item) : nullptr;
    runActions_->setOpenRun(run ? std::optional(run->id) : std::nullopt);
    place->open(location);
    updatePlaceActions();
    updateTitle(location);
}

Place* MainWindow::makePlace(PlaceId id)
{
    const auto entry = std::ranges::find(registry_, id, &PlaceEntry::id);
    if (entry == registry_.end())
        return nullptr;
    Place* place = entry->make(*context_);
    places_.insert(id, place);
    stack_->addWidget(place);
    adoptActions(*place);
    place->setNarrow(width() < measure::kNarrowWindow);
    return place;
}

void MainWindow::adoptActions(Place& place)
{
    for (const auto& [menu, action] : place.menuActions()) {
        QMenu*& target = menus_[menu];
        if (!target) {
            const QString title = menu == MenuId::Edit ? tr("&Edit") : tr("&Data");
            target = new QMenu(title, this);
            const MenuId next = menu == MenuId::Edit ? MenuId::View : MenuId::Run;
            menuBar()->insertMenu(menus_.value(next)->menuAction(), target);
        }
        target->addAction(action);
        action->setShortcutContext(Qt::WindowShortcut);
    }
}

void MainWindow::updatePlaceActions()
{
    for (Place* place : std::as_const(places_))
        for (const auto& entry : place->menuActions())
            entry.action->setVisible(place == stack_->currentWidget());
    for (const MenuId id : {MenuId::Edit, MenuId::Data}) {
        auto* menu = menus_.value(id);
        if (menu)
            menu->menuAction()->setVisible(
                std::ranges::any_of(menu->actions(), [](auto* a) { return a->isVisible(); }));
    }
}

void MainWindow::updateTitle(const Location& location)
{
    setWindowTitle(location.item.isEmpty() ? tr("Lyceum") : tr("%1 - Lyceum").arg(location.item));
}

void MainWindow::updateNarrow()
{
    for (Place* place : std::as_const(places_))
        place->setNarrow(width() < measure::kNarrowWindow);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    updateNarrow();
}

void MainWindow::openLastPlace()
{
    Location location;
    const bool isKnown = placeFromKey(settings_->value(kPlaceKey).toString(), location.place);
    location.item = settings_->value(kItemKey).toString();
    location.tab = settings_->value(kTabKey).toString();
    const bool isRunGone = location.place == PlaceId::Run && !session_.find(location.item);
    if (!isKnown || !isRegistered(location.place) || isRunGone)
        location = {.place = PlaceId::Home};
    if (!isRegistered(location.place) && !registry_.empty())
        location = {.place = registry_.front().id};
    navigator_->go(location);
}

void MainWindow::restore()
{
    if (!restoreGeometry(settings_->value(kGeometryKey).toByteArray()))
        resize(kFirstSize.boundedTo(screen()->availableSize()));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    settings_->setValue(kGeometryKey, saveGeometry());
    const Location location = navigator_->current();
    settings_->setValue(kPlaceKey, placeKey(location.place));
    settings_->setValue(kItemKey, location.item);
    settings_->setValue(kTabKey, location.tab);
    settings_->sync();
    if (const auto* run = session_.activeRun()) {
        QTextStream(stderr) << tr("%1 carries on training without the window. Open Lyceum again to "
                                  "watch it, or: lyceum runs show %1")
                                   .arg(QString::fromStdString(run->name))
                            << Qt::endl;
    }
    event->accept();
}

} // namespace lyceum::ui
