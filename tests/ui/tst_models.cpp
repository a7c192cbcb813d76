#include "tests/ui/support/ui_test.h"
#include "ui/models/axis_map.h"
#include "ui/models/checkpoint_table_model.h"
#include "ui/models/run_model.h"
#include "ui/models/run_words.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace lyceum;
using namespace lyceum::ui;
using namespace Qt::StringLiterals;

class TestModels : public QObject {
    Q_OBJECT

private slots:
    void sessionNoticesWhatAnotherProgramWrites()
    {
        test::Workspace workspace;
        QSignalSpy changed(&workspace.session(), &Session::runsChanged);
        auto other = store::RunStore::open(workspace.path());
        QVERIFY(static_cast<bool>(other));
        test::tellRun(*other.value(), workspace.path(), {.step = 5});
        QTRY_VERIFY_WITH_TIMEOUT(changed.count() > 0, 2000);
        QCOMPARE(workspace.session().runs().size(), 1u);
        QVERIFY(workspace.session().find(u"fractions-tutor"_s));
        QVERIFY(workspace.session().activeRun());
    }

    void lostRunsAreNotActive()
    {
        test::Workspace workspace;
        workspace.tell({.status = store::RunStatus::Lost, .step = 30});
        QCOMPARE(workspace.session().runs().front().status, store::RunStatus::Lost);
        QCOMPARE(workspace.session().activeRun(), nullptr);
        QCOMPARE(workspace.session().activeCount(), 0);
    }

    void timeLeftComesFromThePaceOfTheLastSteps()
    {
        test::Workspace workspace;
        workspace.tell({.step = 200, .totalSteps = 300});
        const auto left = workspace.session().secondsLeft(workspace.session().runs().front());
        QVERIFY(left.has_value());
        QVERIFY(std::abs(*left - 92.0) < 1.0);
    }

    void runModelReadsOnlyWhatIsNew()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({.step = 120, .saveEvery = 50});
        RunModel model(workspace.session());
        model.setRun(id);
        QCOMPARE(model.series(u"train_loss"_s).size(), 120u);
        QCOMPARE(model.series(u"val_loss"_s).size(), 2u);
        QCOMPARE(model.checkpoints().size(), 2u);
        QSignalSpy grew(&model, &RunModel::seriesChanged);
        auto& store = workspace.session().store();
        QVERIFY(store.record(id, {.step = 121, .total_steps = 1218},
                             {{.step = 121, .name = "train_loss", .value = 1.5}}));
        workspace.session().refresh();
        QCOMPARE(grew.count(), 1);
        QCOMPARE(model.series(u"train_loss"_s).size(), 121u);
        QCOMPARE(model.latest(u"train_loss"_s)->value, 1.5);
        QCOMPARE(model.row().step, 121);
    }

    void aResumeForgetsWhatWasRewound()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({.step = 120});
        RunModel model(workspace.session());
        model.setRun(id);
        QSignalSpy restarted(&model, &RunModel::restarted);
        auto& store = workspace.session().store();
        QVERIFY(store.rewind_to(id, 100));
        QVERIFY(store.add_event(id, {.step = 100, .kind = "resumed", .text = "Resumed."}));
        workspace.session().refresh();
        QCOMPARE(restarted.count(), 1);
        QCOMPARE(model.series(u"train_loss"_s).size(), 100u);
    }

    void aCommandIsPendingUntilTheEngineAnswers()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({.step = 20});
        RunModel model(workspace.session());
        model.setRun(id);
        auto& store = workspace.session().store();
        const auto command = store.ask(id, store::CommandKind::CheckpointNow);
        QVERIFY(command);
        QSignalSpy answered(&model, &RunModel::commandAnswered);
        model.follow(command.value());
        QCOMPARE(model.pendingCommands().size(), 1u);
        QVERIFY(store.finish_command(command.value(), "Saved step 21."));
        workspace.session().refresh();
        QCOMPARE(model.pendingCommands().size(), 0u);
        QCOMPARE(answered.count(), 1);
    }

    void checkpointsAreATableNewestFirst()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({.step = 742});
        RunModel run(workspace.session());
        CheckpointTableModel model(run);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        run.setRun(id);
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(model.index(0, CheckpointTableModel::Step).data().toString(), u"700"_s);
        QCOMPARE(model.index(0, CheckpointTableModel::Mark).data().toString(), u"best, last"_s);
        QCOMPARE(model.index(6, CheckpointTableModel::Size).data().toString(), u"—"_s);
        QCOMPARE(model.rowOfStep(300), 4);
        QCOMPARE(model.rowOfStep(301), -1);
        QCOMPARE(model.checkpoint(99), nullptr);
    }

    void axesRiseWithTheSteps()
    {
        test::Workspace workspace;
        const auto id = workspace.tell({.step = 200, .totalSteps = 400});
        RunModel run(workspace.session());
        run.setRun(id);
        for (const Axis axis : {Axis::Step, Axis::Tokens, Axis::Time, Axis::Epoch}) {
            QVERIFY(AxisMap::isAvailable(axis, run));
            const AxisMap map(axis, run);
            QVERIFY(map.map(50) < map.map(100));
            QVERIFY(map.last() < map.end());
        }
        const AxisMap tokens(Axis::Tokens, run);
        QCOMPARE(tokens.map(100.5), 100.5 * 8192);
        QVERIFY(std::abs(tokens.end() - 400 * 8192) < 1);
    }

    void everyStateHasAWordAndAnIcon()
    {
        for (const auto& [state, story] : test::allStories()) {
            store::RunRow row;
            row.status = story.status;
            row.phase = story.phase;
            const auto look = words::stateLook(row);
            QVERIFY2(!look.word.isEmpty() && !look.iconName.isEmpty(), state);
        }
    }
};

LYCEUM_UI_TEST_MAIN(TestModels)
#include "tst_models.moc"
