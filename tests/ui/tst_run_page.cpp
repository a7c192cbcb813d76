#include "tests/ui/support/ui_test.h"
#include "ui/panels/run/change_popover.h"
#include "ui/panels/run/checkpoints_tab.h"
#include "ui/panels/run/live_tab.h"
#include "ui/panels/run/run_page.h"
#include "ui/panels/run/run_plots.h"
#include "ui/plots/line_plot.h"
#include "ui/widgets/button.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/figure_strip.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/pill.h"

#include <QAction>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QSignalSpy>
#include <QTableView>

using namespace lyceum;
using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

/// A run page open on one run.
struct Opened {
    test::Workspace workspace;
    store::RunId id;
    RunPage page;

    explicit Opened(const test::RunStory& story)
        : id(workspace.tell(story)), page(workspace.context())
    {
        workspace.actions().setOpenRun(id);
        page.resize(1500, 900);
        page.show();
        page.open({.place = PlaceId::Run, .item = QString::fromStdString(story.name)});
        QTest::qWait(50);
    }

    [[nodiscard]] QString pill() const { return page.findChild<Pill*>()->text(); }
    [[nodiscard]] QString primary() const
    {
        const auto* button = page.primaryButton();
        return button ? button->text() : QString();
    }
    [[nodiscard]] int filledButtons() const
    {
        int count = 0;
        for (const auto* button : page.findChildren<Button*>())
            count += button->kind() == ButtonKind::Filled && button->isVisible();
        return count;
    }
};

test::RunStory storyOf(const QByteArray& state)
{
    for (const auto& [name, story] : test::allStories())
        if (state == name)
            return story;
    return {};
}

} // namespace

class TestRunPage : public QObject {
    Q_OBJECT

private slots:
    void everyStateIsDrawnWithAtMostOneFilledButton_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("next");
        QTest::newRow("queued") << u"Queued"_s << QString();
        QTest::newRow("starting") << u"Starting"_s << QString();
        QTest::newRow("running") << u"Training"_s << u"Try the latest checkpoint"_s;
        QTest::newRow("validating") << u"Validating"_s << u"Try the latest checkpoint"_s;
        QTest::newRow("saving") << u"Saving"_s << u"Try the latest checkpoint"_s;
        QTest::newRow("paused") << u"Paused"_s << u"Continue"_s;
        QTest::newRow("stopping") << u"Stopping"_s << u"Try the latest checkpoint"_s;
        QTest::newRow("finished") << u"Finished"_s << u"Export step 1,200"_s;
        QTest::newRow("stopped") << u"Stopped"_s << u"Resume from step 400"_s;
        QTest::newRow("failed") << u"Failed"_s << u"Resume from step 700"_s;
        QTest::newRow("failed-early") << u"Failed"_s << QString();
        QTest::newRow("lost") << u"Engine lost"_s << u"Resume from step 500"_s;
    }

    void everyStateIsDrawnWithAtMostOneFilledButton()
    {
        QFETCH(QString, word);
        QFETCH(QString, next);
        Opened opened(storyOf(QTest::currentDataTag()));
        QCOMPARE(opened.pill(), word);
        QCOMPARE(opened.primary(), next);
        QVERIFY(opened.filledButtons() <= 1);
        QVERIFY(!opened.page.grab().isNull());
    }

    void figuresTellTheStory()
    {
        Opened opened({});
        const auto& figures = opened.page.live().figures();
        QCOMPARE(figures.figure(0).value, u"61\u00A0%"_s);
        QCOMPARE(figures.figure(0).detail, u"step 742 of 1,218 · epoch 1.83"_s);
        QCOMPARE(figures.figure(1).caption, u"Time left"_s);
        QVERIFY(figures.figure(1).value.contains(u"min"_s));
        QVERIFY(figures.figure(2).detail.contains(u"best so far, at step 700"_s));
        QCOMPARE(figures.figure(5).value, u"2.4\u00A0GiB"_s);
    }

    void startingSaysWhatItWaitsForAndHasNoCurves()
    {
        Opened opened(storyOf("starting"));
        QVERIFY(opened.page.live().waiting().isVisible());
        QVERIFY(!opened.page.live().plots().isVisible());
    }

    void failedShowsMessageHintAndResume()
    {
        Opened opened(storyOf("failed"));
        const auto& message = opened.page.stateBar().message();
        QVERIFY(opened.page.stateBar().isVisible());
        QVERIFY(message.title.contains(u"needs 71 MiB and 12 MiB are free"_s));
        QVERIFY(message.text.startsWith(u"Free some space"_s));
        QCOMPARE(message.action, u"Resume from step 700"_s);
        QVERIFY(opened.page.live().plots().isVisible());
        QCOMPARE(opened.page.live().figures().figure(2).value, u"43 steps"_s);
    }

    void failedWithoutCheckpointOffersNoResume()
    {
        Opened opened(storyOf("failed-early"));
        QVERIFY(opened.page.stateBar().message().action.isEmpty());
        QVERIFY(opened.page.stateBar().message().text.contains(u"cannot be resumed"_s));
    }

    void lostSaysItsEngineIsGone()
    {
        Opened opened(storyOf("lost"));
        QCOMPARE(opened.page.stateBar().message().title,
                 u"Its engine is gone. The run can be resumed from step 500."_s);
    }

    void checkpointNowAsksTheEngineAndWaitsForItsAnswer()
    {
        Opened opened({});
        QVERIFY(opened.workspace.actions().checkpointNow()->isEnabled());
        opened.workspace.actions().checkpointNow()->trigger();
        auto& store = opened.workspace.session().store();
        QVERIFY(opened.page.answerBar().isVisible());
        QVERIFY(opened.page.answerBar().message().title.contains(u"waiting for step 743"_s));
        const auto taken = store.take_commands(opened.id);
        QVERIFY(taken && taken.value().size() == 1);
        QVERIFY(taken.value().front().kind == store::CommandKind::CheckpointNow);
        QVERIFY(store.finish_command(taken.value().front().id, "Checkpoint 743 saved."));
        opened.workspace.session().refresh();
        QCOMPARE(opened.page.answerBar().message().title, u"Checkpoint 743 saved."_s);
    }

    void pauseIsAskedAndAPausedRunIsContinued()
    {
        Opened opened({});
        auto& actions = opened.workspace.actions();
        auto& store = opened.workspace.session().store();
        QCOMPARE(actions.pauseOrContinue()->text(), u"&Pause"_s);
        actions.pauseOrContinue()->trigger();
        QVERIFY(store.take_commands(opened.id).value().front().kind == store::CommandKind::Pause);
        QVERIFY(store.set_status(opened.id, store::RunStatus::Paused));
        opened.workspace.session().refresh();
        QCOMPARE(opened.pill(), u"Paused"_s);
        QCOMPARE(actions.pauseOrContinue()->text(), u"&Continue"_s);
        QVERIFY(actions.checkpointNow()->isEnabled());
        QVERIFY(actions.stopAndSave()->isEnabled());
        QVERIFY(!opened.page.model().secondsLeft());
        emit opened.page.stateBar().actionTriggered();
        QVERIFY(store.take_commands(opened.id).value().front().kind ==
                store::CommandKind::Continue);
    }

    void aNewLearningRateIsCheckedWhileItIsTyped()
    {
        Opened opened({});
        opened.workspace.actions().changeLearningRate()->trigger();
        QPointer<ChangePopover> popover = opened.page.popover();
        QVERIFY(popover);
        QVERIFY(!popover->line().accessibleName().isEmpty());
        for (const auto& wrong : {u"fast"_s, u"0"_s, u"2"_s}) {
            popover->line().setText(wrong);
            QVERIFY2(!popover->problem().isEmpty(), qPrintable(wrong));
            popover->accept();
        }
        QVERIFY(opened.workspace.session().store().take_commands(opened.id).value().empty());
        popover->line().setText(u"3e-5"_s);
        QVERIFY(popover->problem().isEmpty());
        QTest::keyClick(&popover->line(), Qt::Key_Return);
        const auto taken = opened.workspace.session().store().take_commands(opened.id).value();
        QCOMPARE(taken.size(), 1u);
        QVERIFY(taken.front().kind == store::CommandKind::SetLearningRate);
        QCOMPARE(taken.front().argument.value(), 3e-5);
        QVERIFY(taken.front().author.ends_with("(studio)"));
    }

    void aLastStepInThePastIsRefused()
    {
        Opened opened({});
        opened.workspace.actions().changeLastStep()->trigger();
        auto* popover = opened.page.popover();
        QVERIFY(popover);
        popover->line().setText(u"700"_s); // it is at 742
        QVERIFY(popover->problem().contains(u"at step 742 already"_s));
        popover->line().setText(u"800"_s);
        QVERIFY(popover->problem().isEmpty());
    }

    void plotsGrowWithTheRun()
    {
        Opened opened({.step = 100});
        const LinePlot& loss = opened.page.live().plots().lossPlot();
        QCOMPARE(loss.data(0).x.size(), 100u);
        auto& store = opened.workspace.session().store();
        QVERIFY(store.record(opened.id, {.step = 101, .total_steps = 1218},
                             {{.step = 101, .name = "train_loss", .value = 1.25}}));
        opened.workspace.session().refresh();
        QCOMPARE(loss.data(0).x.size(), 101u);
        QCOMPARE(loss.data(0).y.back(), 1.25);
    }

    void csvHoldsEveryRecordedPoint()
    {
        Opened opened({.step = 100});
        const auto points = opened.page.live().plots().allPoints();
        QCOMPARE(points.size(), 4u * 100u + 2u * 2u);
        QCOMPARE(points.front().tokens, 8192.0);
    }

    void checkpointsTabPicksTheBestAndTriesIt()
    {
        Opened opened(storyOf("finished"));
        auto& tab = opened.page.checkpoints();
        QSignalSpy asked(&tab, &CheckpointsTab::tryAsked);
        opened.page.open(
            {.place = PlaceId::Run, .item = u"fractions-done"_s, .tab = u"checkpoints"_s});
        QVERIFY(tab.isVisible());
        QCOMPARE(tab.table().currentIndex().row(), 0);
        QTest::keyClick(&tab.table(), Qt::Key_Down);
        QTest::keyClick(&tab.table(), Qt::Key_Return);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.front().front().toLongLong(), 1100);
        QCOMPARE(opened.workspace.navigator().current().item, u"fractions-done@1100"_s);
    }

    void setupShowsTheResolvedFiles()
    {
        Opened opened({});
        opened.page.open({.place = PlaceId::Run, .item = u"fractions-tutor"_s, .tab = u"setup"_s});
        QStringList shown;
        for (const auto* edit : opened.page.findChildren<QPlainTextEdit*>())
            if (edit->isVisible())
                shown << edit->toPlainText();
        QVERIFY(shown.join(u' ').contains(u"lr: 2.0e-4"_s));
        QVERIFY(shown.join(u' ').contains(u"2.11.0"_s));
    }

    void logFollowsAndFilters()
    {
        Opened opened({.step = 300});
        opened.page.open({.place = PlaceId::Run, .item = u"fractions-tutor"_s, .tab = u"log"_s});
        QPlainTextEdit* log = nullptr;
        for (auto* edit : opened.page.findChildren<QPlainTextEdit*>())
            if (edit->isVisible())
                log = edit;
        QVERIFY(log);
        QTRY_VERIFY(log->toPlainText().contains(u"step 300"_s));
        auto* filter = opened.page.findChild<QLineEdit*>();
        filter->setText(u"step 200"_s);
        QVERIFY(!log->toPlainText().contains(u"step 300"_s));
        QVERIFY(log->toPlainText().contains(u"step 200"_s));
    }

    void narrowWindowsFoldAndNothingIsLost()
    {
        Opened opened({});
        opened.page.setNarrow(true);
        opened.page.resize(1196, 640);
        QTest::qWait(50);
        int shown = 0;
        for (const auto* plot : opened.page.live().plots().plots())
            shown += plot->isVisible();
        QCOMPARE(shown, 2);
        opened.page.setNarrow(false);
    }

    void everyButtonInSightHasAName()
    {
        Opened opened({});
        for (const auto* button : opened.page.findChildren<QAbstractButton*>())
            QVERIFY2(!button->isVisible() || !button->text().isEmpty() ||
                         !button->accessibleName().isEmpty(),
                     button->metaObject()->className());
    }
};

LYCEUM_UI_TEST_MAIN(TestRunPage)
#include "tst_run_page.moc"
