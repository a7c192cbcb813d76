/// @file
/// Draws the window with a fixture workspace in every state, light and dark, wide and narrow, and
/// saves the pictures: screenshots FOLDER [FILTER]. Not a test: for people to look at.

#include "tests/ui/support/fake_bin.h"
#include "tests/ui/support/ui_test.h"
#include "ui/panels/places.h"
#include "ui/shell/main_window.h"

#include <QCheckBox>
#include <QDir>
#include <QPushButton>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace lyceum;

namespace {

struct Shot {
    QString name;
    ui::Location location;
};

QList<Shot> allShots(bool hasStories)
{
    QList<Shot> shots;
    const QList<std::pair<ui::PlaceId, QString>> places = {
        {ui::PlaceId::Home, u"home"_s},      {ui::PlaceId::Data, u"data"_s},
        {ui::PlaceId::NewRun, u"new-run"_s}, {ui::PlaceId::Runs, u"runs"_s},
        {ui::PlaceId::TryIt, u"try-it"_s},   {ui::PlaceId::Models, u"models"_s},
        {ui::PlaceId::Export, u"export"_s}};
    for (const auto& [id, name] : places)
        shots.append({(hasStories ? name : name + u"-empty"_s), {.place = id}});
    if (!hasStories)
        return shots;
    for (const auto& [state, story] : test::allStories()) {
        const QString run = QString::fromStdString(story.name);
        const QString name = u"run-%1"_s.arg(QLatin1StringView(state));
        shots.append({name, {.place = ui::PlaceId::Run, .item = run}});
        if (QLatin1StringView(state) == "finished"_L1 || QLatin1StringView(state) == "starting"_L1)
            for (const auto& tab : {u"checkpoints"_s, u"setup"_s, u"log"_s})
                shots.append({u"%1-%2"_s.arg(name, tab),
                              {.place = ui::PlaceId::Run, .item = run, .tab = tab}});
    }
    return shots;
}

void settle(int milliseconds)
{
    QTest::qWait(milliseconds);
}

bool isRegistered(ui::PlaceId id)
{
    for (const auto& entry : ui::allPlaces())
        if (entry.id == id)
            return true;
    return false;
}

struct Look {
    QSize size;
    ui::ThemeMode mode;
    QString suffix;
};

const QList<Look>& allLooks()
{
    static const QList<Look> kLooks = {{{1600, 1000}, ui::ThemeMode::Light, u"1600-light"_s},
                                       {{1600, 1000}, ui::ThemeMode::Dark, u"1600-dark"_s},
                                       {{1280, 720}, ui::ThemeMode::Light, u"1280-light"_s},
                                       {{1280, 720}, ui::ThemeMode::Dark, u"1280-dark"_s}};
    return kLooks;
}

void take(ui::MainWindow& window, const QDir& folder, const QString& file)
{
    window.grab().save(folder.filePath(file));
    QTextStream(stdout) << folder.filePath(file) << Qt::endl;
}

/// The Export page on its way, with a script in the place of the engine.
void takeExports(const QDir& folder, const QString& filter)
{
    const struct {
        QString name;
        QByteArray engine;
        bool starts;
        bool cancels;
    } states[] = {{u"export-ready"_s, test::exportEngine(""), false, false},
                  {u"export-running"_s,
                   test::exportEngine("echo 'comparing the logits' >&2\nexec sleep 60\n"), true,
                   false},
                  {u"export-cancelled"_s, test::exportEngine("exec sleep 60\n"), true, true},
                  {u"export-finished"_s, test::exportEngine(test::kWritesExports), true, false}};
    for (const auto& state : states) {
        if (!filter.isEmpty() && !state.name.contains(filter) && !filter.contains(state.name))
            continue;
        test::FakeBin engine(state.engine);
        test::Workspace workspace;
        workspace.tell(test::allStories().back().story);
        workspace.tell({.name = "fractions-tutor", .status = store::RunStatus::Finished});
        ui::MainWindow window(workspace.session(), ui::allPlaces());
        window.resize(allLooks().front().size);
        window.show();
        window.navigator().go({.place = ui::PlaceId::Export, .item = u"fractions-tutor"_s});
        settle(1000);
        auto* page = window.place(ui::PlaceId::Export);
        for (const auto& format : {u"gguf"_s, u"torch"_s})
            page->findChild<QCheckBox*>(u"exportFormat-"_s + format)->click();
        auto* start = page->findChild<QPushButton*>(u"startExport"_s);
        if (state.starts)
            start->click();
        settle(state.name == "export-finished"_L1 ? 5000 : 500);
        if (state.cancels)
            page->findChild<QPushButton*>(u"cancelExport"_s)->click();
        for (const auto& look : allLooks()) {
            ui::Theme::instance().setMode(look.mode);
            window.resize(look.size);
            settle(350);
            take(window, folder, u"%1-%2.png"_s.arg(state.name, look.suffix));
        }
    }
}

void takeAll(const QDir& folder, const QString& filter, bool hasStories)
{
    test::Workspace workspace;
    if (hasStories)
        for (const auto& [state, story] : test::allStories())
            workspace.tell(story);
    ui::MainWindow window(workspace.session(), ui::allPlaces());
    for (const auto& look : allLooks()) {
        ui::Theme::instance().setMode(look.mode);
        window.resize(look.size);
        window.show();
        for (const auto& shot : allShots(hasStories)) {
            const QString file = u"%1-%2.png"_s.arg(shot.name, look.suffix);
            if (!isRegistered(shot.location.place) || !file.contains(filter))
                continue;
            window.navigator().go(shot.location);
            settle(350);
            take(window, folder, file);
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") && qEnvironmentVariableIsEmpty("DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    if (qEnvironmentVariableIsEmpty("LYCEUM_BIN"))
        qputenv("LYCEUM_BIN", (QApplication::applicationDirPath() + u"/../bin"_s).toUtf8());
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) {
        QTextStream(stderr) << "usage: screenshots FOLDER [FILTER]" << Qt::endl;
        return 2;
    }
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    ui::Theme::install(application);
    const QDir folder(arguments[1]);
    folder.mkpath(u"."_s);
    const QString filter = arguments.value(2);
    takeAll(folder, filter, true);
    takeAll(folder, filter, false);
    takeExports(folder, filter);
    return 0;
}
