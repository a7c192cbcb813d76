#include "tests/ui/support/ui_test.h"
#include "ui/panels/places.h"
#include "ui/shell/main_window.h"
#include "ui/shell/rail.h"
#include "ui/shell/status_strip.h"

#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QMenuBar>
#include <QSignalSpy>

#include <ctime>

using namespace lyceum;
using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

class FakePlace final : public Place {
public:
    explicit FakePlace(Context&) { setFocusPolicy(Qt::StrongFocus); }
    void open(const Location& location) override { opened.append(location); }
    void setNarrow(bool isNarrow) override { narrow = isNarrow; }
    QList<Location> opened;
    bool narrow = false;
};

PlaceRegistry fakePlaces()
{
    const auto make = [](Context& context) -> Place* { return new FakePlace(context); };
    return {{PlaceId::NewRun, make},
            {PlaceId::Home, make},
            {PlaceId::Runs, make},
            {PlaceId::Run, make}};
}

QStringList allShortcuts(const QWidget& window)
{
    QStringList found;
    for (const auto* action : window.findChildren<QAction*>())
        if (!action->shortcut().isEmpty() && action->isVisible())
            found << action->shortcut().toString(QKeySequence::PortableText);
    return found;
}

} // namespace

class TestShell : public QObject {
    Q_OBJECT

private slots:
    void onlyRegisteredPlacesAreInTheRail()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        QStringList names;
        for (const auto* button : window.findChildren<RailButton*>())
            names << button->text();
        QCOMPARE(names, (QStringList{u"New run"_s, u"Home"_s, u"Runs"_s}));
    }

    void aScreenReaderOpensPlacesThroughTheRail()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        window.openLastPlace();
        for (auto* button : window.findChildren<RailButton*>()) {
            if (button->text() != u"Runs"_s)
                continue;
            auto* action = QAccessible::queryAccessibleInterface(button)->actionInterface();
            action->doAction(action->actionNames().front());
            QTRY_VERIFY(button->isCurrent());
        }
    }

    void shortcutsOpenPlacesAndHistoryGoesBack()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.openLastPlace();
        QCOMPARE(window.navigator().current().place, PlaceId::Home);
        QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(window.navigator().current().place, PlaceId::Runs);
        QTest::keyClick(&window, Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(window.navigator().current().place, PlaceId::NewRun);
        QTest::keyClick(&window, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(window.navigator().current().place, PlaceId::Runs);
        QTest::keyClick(&window, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(window.navigator().current().place, PlaceId::NewRun);
    }

    void noShortcutIsTakenTwice()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        QStringList shortcuts = allShortcuts(window);
        QVERIFY(!shortcuts.isEmpty());
        const qsizetype before = shortcuts.size();
        shortcuts.removeDuplicates();
        QCOMPARE(shortcuts.size(), before);
    }

    void theStripShowsTheRunAndThatClosingIsSafe()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        window.show();
        auto* strip = window.findChild<StatusStrip*>();
        const auto says = [strip](const QString& text) {
            for (const auto* label : strip->findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(text))
                    return true;
            return false;
        };
        QVERIFY(says(u"Nothing is training."_s));
        workspace.tell({});
        QTRY_VERIFY(says(u"fractions-tutor"_s));
        QVERIFY(says(u"step 742 of 1,218"_s));
        QVERIFY(says(u"Safe to close: training carries on without this window"_s));
        QVERIFY(!says(u"Nothing is training."_s));
        QTest::mouseClick(strip->findChild<QAbstractButton*>(), Qt::LeftButton);
        QCOMPARE(window.navigator().current().place, PlaceId::Run);
        QCOMPARE(window.navigator().current().item, u"fractions-tutor"_s);
    }

    void closingLeavesTheRunAsItIs()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({});
        {
            MainWindow window(workspace.session(), fakePlaces());
            window.show();
            QVERIFY(window.close());
        }
        const auto row = workspace.session().store().run(id);
        QVERIFY(row);
        QCOMPARE(row.value().status, store::RunStatus::Running);
        QVERIFY(workspace.session().store().take_commands(id).value().empty());
    }

    void placeAndSizeAreRemembered()
    {
        test::Workspace workspace;
        workspace.tell({});
        {
            MainWindow window(workspace.session(), fakePlaces());
            window.resize(1234, 777);
            window.show();
            window.navigator().go(
                {.place = PlaceId::Run, .item = u"fractions-tutor"_s, .tab = u"log"_s});
            window.close();
        }
        MainWindow window(workspace.session(), fakePlaces());
        window.openLastPlace();
        QCOMPARE(window.size(), QSize(1234, 777));
        QCOMPARE(window.navigator().current(),
                 (Location{.place = PlaceId::Run, .item = u"fractions-tutor"_s, .tab = u"log"_s}));
    }

    void actionsOfARunAreOffWithoutOne()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        auto& actions = window.context().runActions;
        QVERIFY(!actions.checkpointNow()->isEnabled());
        QVERIFY(!actions.resume()->isEnabled());
        workspace.tell({});
        QTRY_VERIFY(actions.checkpointNow()->isEnabled());
        QVERIFY(actions.tryModel()->isEnabled());
        QVERIFY(!actions.resume()->isEnabled());
    }

    void theWindowWithAllPlacesIsThereWithinASecondOfWork()
    {
        // Work, not the clock on the wall, so that a busy machine does not matter.
        const std::clock_t before = std::clock();
        test::Workspace workspace;
        MainWindow window(workspace.session(), allPlaces());
        window.openLastPlace();
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY(!window.grab().isNull());
        const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        QVERIFY2(seconds < 1.0, qPrintable(QString::number(seconds)));
    }

    void narrowWindowsTellTheirPlace()
    {
        test::Workspace workspace;
        MainWindow window(workspace.session(), fakePlaces());
        window.openLastPlace();
        window.show();
        window.resize(1280, 720);
        auto* home = static_cast<FakePlace*>(window.place(PlaceId::Home));
        QTRY_VERIFY(home->narrow);
        window.resize(1600, 1000);
        QTRY_VERIFY(!home->narrow);
    }
};

LYCEUM_UI_TEST_MAIN(TestShell)
#include "tst_shell.moc"
