/// @file
/// The rail and the menu bar of MainWindow: every action with its shortcut.

#include "ui/shell/main_window.h"
#include "ui/shell/rail.h"
#include "ui/shell/run_actions.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QActionGroup>
#include <QDesktopServices>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QUrl>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

struct RailPlace {
    PlaceId id;
    const char* text;
    const char* icon;
    Qt::Key key; ///< With Ctrl.
};
constexpr RailPlace kRailPlaces[] = {
    {PlaceId::NewRun, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "New run"), "list-add",
     Qt::Key_N},
    {PlaceId::Home, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Home"), "go-home", Qt::Key_1},
    {PlaceId::Data, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Data"), "table", Qt::Key_2},
    {PlaceId::Models, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Models"), "draw-cuboid",
     Qt::Key_3},
    {PlaceId::Runs, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Runs"), "office-chart-line",
     Qt::Key_4},
    {PlaceId::TryIt, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Try it"), "dialog-messages",
     Qt::Key_5},
    {PlaceId::Export, QT_TRANSLATE_NOOP("lyceum::ui::MainWindow", "Export"), "document-export",
     Qt::Key_6},
};

constexpr auto kThemeKey = "window/theme"_L1;
constexpr auto kTextScaleKey = "window/text-scale"_L1;
constexpr auto kMenuBarKey = "window/menu-bar"_L1;
constexpr double kTextStep = 0.1;

} // namespace

QAction* MainWindow::addAction(QMenu* menu, const QString& text, const QString& iconName,
                               const QKeySequence& shortcut)
{
    auto* action = menu->addAction(text);
    if (!iconName.isEmpty())
        action->setIcon(themeIcon(iconName));
    action->setShortcut(shortcut);
    // Added to the window too, so that it works while the menu bar is hidden.
    QMainWindow::addAction(action);
    return action;
}

void MainWindow::buildRail()
{
    for (const auto& entry : kRailPlaces)
        if (isRegistered(entry.id))
            rail_->addPlace(entry.id, tr(entry.text), QString::fromLatin1(entry.icon),
                            QKeySequence(Qt::CTRL | entry.key));
}

void MainWindow::buildFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    menus_.insert(MenuId::File, menu);
    if (isRegistered(PlaceId::NewRun))
        connect(addAction(menu, tr("&New run"), u"list-add"_s, Qt::CTRL | Qt::Key_N),
                &QAction::triggered, this, [this] { navigator_->go({.place = PlaceId::NewRun}); });
    connect(addAction(menu, tr("Open the &workspace folder"), u"folder-open-symbolic"_s, {}),
            &QAction::triggered, this, [this] {
                QDesktopServices::openUrl(
                    QUrl::fromLocalFile(QString::fromStdString(session_.workspace().string())));
            });
    menu->addSeparator();
    connect(
        addAction(menu, tr("&Close the window"), u"window-close-symbolic"_s, QKeySequence::Close),
        &QAction::triggered, this, &QWidget::close);
    connect(addAction(menu, tr("&Quit"), u"application-exit"_s, Qt::CTRL | Qt::Key_Q),
            &QAction::triggered, this, &QWidget::close);
}

void MainWindow::buildViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    menus_.insert(MenuId::View, menu);
    for (const auto& entry : kRailPlaces) {
        if (entry.id == PlaceId::NewRun || !isRegistered(entry.id))
            continue;
        connect(addAction(menu, tr(entry.text), QString::fromLatin1(entry.icon),
                          QKeySequence(Qt::CTRL | entry.key)),
                &QAction::triggered, this,
                [this, id = entry.id] { navigator_->go({.place = id}); });
    }
    menu->addSeparator();
    auto* back = addAction(menu, tr("&Back"), u"go-previous"_s, Qt::ALT | Qt::Key_Left);
    auto* forward = addAction(menu, tr("&Forward"), u"go-next"_s, Qt::ALT | Qt::Key_Right);
    connect(back, &QAction::triggered, navigator_.get(), &Navigator::back);
    connect(forward, &QAction::triggered, navigator_.get(), &Navigator::forward);
    const auto update = [this, back, forward] {
        back->setEnabled(navigator_->canGoBack());
        forward->setEnabled(navigator_->canGoForward());
    };
    connect(navigator_.get(), &Navigator::historyChanged, this, update);
    update();
    menu->addSeparator();
    buildThemeMenu(menu);
    auto* menuBarAction = addAction(menu, tr("Show &menu bar"), {}, Qt::CTRL | Qt::Key_M);
    menuBarAction->setCheckable(true);
    const bool isShown = settings_->value(kMenuBarKey, true).toBool();
    menuBarAction->setChecked(isShown);
    menuBar()->setVisible(isShown);
    connect(menuBarAction, &QAction::toggled, this, [this](bool isOn) {
        menuBar()->setVisible(isOn);
        settings_->setValue(kMenuBarKey, isOn);
    });
}

void MainWindow::buildThemeMenu(QMenu* view)
{
    Theme& theme = Theme::instance();
    theme.setMode(static_cast<ThemeMode>(
        std::clamp(settings_->value(kThemeKey, 0).toInt(), 0, static_cast<int>(ThemeMode::Dark))));
    theme.setTextScale(settings_->value(kTextScaleKey, 1.0).toDouble());

    QMenu* menu = view->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const struct {
        QString text;
        ThemeMode mode;
    } modes[] = {{tr("As the &desktop"), ThemeMode::FollowSystem},
                 {tr("&Light"), ThemeMode::Light},
                 {tr("D&ark"), ThemeMode::Dark}};
    for (const auto& [text, mode] : modes) {
        auto* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(theme.mode() == mode);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = mode] {
            Theme::instance().setMode(chosen);
            settings_->setValue(kThemeKey, static_cast<int>(chosen));
        });
    }
    const auto scaleTo = [this](double scale) {
        Theme::instance().setTextScale(scale);
        settings_->setValue(kTextScaleKey, Theme::instance().textScale());
    };
    connect(addAction(view, tr("&Larger text"), u"zoom-in"_s, Qt::CTRL | Qt::Key_Plus),
            &QAction::triggered, this,
            [scaleTo] { scaleTo(Theme::instance().textScale() + kTextStep); });
    connect(addAction(view, tr("&Smaller text"), u"zoom-out"_s, Qt::CTRL | Qt::Key_Minus),
            &QAction::triggered, this,
            [scaleTo] { scaleTo(Theme::instance().textScale() - kTextStep); });
    connect(addAction(view, tr("&Normal text"), u"zoom-original"_s, Qt::CTRL | Qt::Key_0),
            &QAction::triggered, this, [scaleTo] { scaleTo(1.0); });
}

void MainWindow::buildRunMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Run"));
    menus_.insert(MenuId::Run, menu);
    QList<QAction*> actions{runActions_->checkpointNow(),   runActions_->evaluateNow(),
                            runActions_->pauseOrContinue(), runActions_->changeLearningRate(),
                            runActions_->changeLastStep(),  runActions_->stopAndSave(),
                            runActions_->resume()};
    if (isRegistered(PlaceId::TryIt))
        actions << runActions_->tryModel();
    if (isRegistered(PlaceId::Export))
        actions << runActions_->exportModel();
    actions << runActions_->openFolder();
    menu->addActions(actions);
    addActions(actions);
}

void MainWindow::buildHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    menus_.insert(MenuId::Help, menu);
    connect(addAction(menu, tr("&About Lyceum"), u"help-about"_s, {}), &QAction::triggered, this,
            &MainWindow::showAbout);
}

void MainWindow::showAbout()
{
    const QString text =
        tr("<h3>Lyceum %1</h3><p>A training studio for language models in education.</p>"
           "<p>GPL-3.0-or-later. Built on Qt %2 (LGPL-3.0), QCustomPlot 2.1 (GPL-3.0), SQLite "
           "(public domain), yaml-cpp (MIT). Training runs in lyceum-engine, on LibTorch "
           "(BSD-3-Clause).</p><p>Workspace: %3</p>")
            .arg(QStringLiteral(LYCEUM_VERSION), QString::fromLatin1(qVersion()),
                 QString::fromStdString(session_.workspace().string()).toHtmlEscaped());
    QMessageBox::about(this, tr("About Lyceum"), text);
}

} // namespace lyceum::ui
