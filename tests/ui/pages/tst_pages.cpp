// The pages in each of their states, on a real store and a real window.
#include "tests/ui/pages/studio.h"
#include "tests/ui/support/fake_bin.h"
#include "ui/panels/new_run/choice_card.h"
#include "ui/widgets/bubble.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTableView>
#include <QTcpServer>
#include <QTcpSocket>

using namespace lyceum;
using namespace lyceum::ui;
using lyceum::test::FakeBin;
using lyceum::ui::test::filledButton;
using lyceum::ui::test::numFilledButtons;
using lyceum::ui::test::showsText;
using lyceum::ui::test::Studio;
using namespace Qt::StringLiterals;

class TestPages : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Theme::install(*qApp);
        Theme::instance().setMode(ThemeMode::Light);
    }

    void homeOffersTheStarterFirst()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Home);
        QCOMPARE(filledButton(page)->objectName(), u"trainStarter"_s);
        QCOMPARE(numFilledButtons(page), 1);
        QTRY_VERIFY_WITH_TIMEOUT(!showsText(page, u"Looking at processor"_s), 20000);
        studio.shoot(u"home-first"_s);
    }

    void homeContinuesTheRunThatTrains()
    {
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        workspace.addFailed("fractions-tutor-full",
                            "Checkpoint 40 was not written: it needs 1.5 GiB, 212 MiB are free.");
        workspace.addLost("hint-writer");
        workspace.addStopped("science-explainer");
        workspace.addTraining("fractions-tutor-2");
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Home);
        QCOMPARE(filledButton(page)->text(), u"Continue fractions-tutor-2"_s);
        QCOMPARE(numFilledButtons(page), 1);
        QVERIFY(showsText(page, u"Running now"_s));
        QVERIFY(showsText(page, u"science-explainer"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!showsText(page, u"Looking at processor"_s), 20000);
        studio.shoot(u"home-returning"_s);
    }

    void runsIsEmptyWithAWayToStart()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Runs);
        QVERIFY(showsText(page, u"No runs yet"_s));
        QCOMPARE(numFilledButtons(page), 1);
        studio.shoot(u"runs-empty"_s);
    }

    void runsAreFilteredResumedAndDeletedOnlyWhenAsked()
    {
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        workspace.addFailed("fractions-tutor-full",
                            "Checkpoint 40 was not written: it needs 1.5 GiB, 212 MiB are free.");
        workspace.addLost("hint-writer");
        workspace.addStopped("science-explainer");
        workspace.addTraining("fractions-tutor-2");
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Runs);
        auto* table = page->findChild<QTableView*>();
        QCOMPARE(table->model()->rowCount(), 5);
        studio.shoot(u"runs"_s);

        auto* filter = page->findChild<QLineEdit*>();
        filter->setText(u"science"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        filter->setText(u"zebra"_s);
        QVERIFY(showsText(page, u"No run matches “zebra”"_s));
        studio.shoot(u"runs-nothing-found"_s);
        filter->clear();

        const auto found = table->model()->match(table->model()->index(0, 1), Qt::DisplayRole,
                                                 u"fractions-tutor"_s, 1, Qt::MatchExactly);
        table->selectRow(found.first().row());
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        auto* message = page->findChild<MessageBar*>();
        QVERIFY(message->isShown()); // it holds models, so it asks
        QVERIFY(message->message().text.contains(u"2"_s));
        studio.shoot(u"runs-delete"_s);
        emit message->actionTriggered();
        QTRY_COMPARE(table->model()->rowCount(), 4);
    }

    void dataShowsRecordsCardAndConversation()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Data, u"fractions-tutor"_s);
        auto* table = page->findChildren<QTableView*>().last();
        QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() >= 500, 10000);
        QTRY_VERIFY(!page->findChildren<Bubble*>().isEmpty());
        QCOMPARE(filledButton(page)->text(), u"Use for a new run"_s);
        studio.shoot(u"data-records"_s);
        for (auto* button : page->findChildren<QPushButton*>())
            if (button->text() == u"Card"_s)
                button->click();
        QTest::qWait(100);
        studio.shoot(u"data-card"_s);
    }

    void aFileWithWrongLinesListsThemWithTheirRepair()
    {
        lyceum::test::PageWorkspace workspace;
        const auto file = workspace.addFile(
            "lesson.jsonl", "{\"prompt\":\"What is 1/2 + 1/4?\",\"completion\":\"Answer: 3/4\"}\n"
                            "{\"prompt\":\"What is 1/3 + 1/3?\"}\n{\"prompt\": broken\n"
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}\n");
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Data, QString::fromStdString(file));
        QTRY_VERIFY(showsText(page, u"3 problems in this file"_s));
        QVERIFY(!filledButton(page)->isEnabled());
        studio.shoot(u"data-problems"_s);
    }

    void aFileThatCannotBeReadSaysWhy()
    {
        lyceum::test::PageWorkspace workspace;
        const auto file = workspace.addFile("empty.jsonl", "");
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Data, QString::fromStdString(file));
        QTRY_VERIFY(page->findChild<MessageBar*>()->isShown());
        studio.shoot(u"data-failed"_s);
    }

    void newRunAsksForDataFirst()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::NewRun);
        QVERIFY(showsText(page, u"Choose what to learn from"_s));
        QVERIFY(!filledButton(page)->isEnabled());
        studio.shoot(u"new-run-empty"_s);
    }

    void closingTheWindowWhileAFieldHasTheFocusIsSafe()
    {
        lyceum::test::PageWorkspace workspace;
        auto studio = std::make_unique<Studio>(workspace);
        auto* page = studio->go(PlaceId::NewRun, u"fractions-tutor"_s);
        auto* rate = page->findChild<QWidget*>(u"field:optimizer.lr"_s)->findChild<QLineEdit*>();
        rate->setFocus();
        QTest::keyClicks(rate, u"1"_s);
        for (const auto place : {PlaceId::Data, PlaceId::Runs, PlaceId::Home, PlaceId::Export})
            studio->go(place);
        studio->go(PlaceId::NewRun);
        rate->setFocus();
        studio.reset();
    }

    void newRunCountsThenIsReadyAndMarksWhatIsWrong()
    {
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::NewRun, u"recipe:starter"_s);
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"Ready to start"_s), 60000);
        QCOMPARE(numFilledButtons(page), 1);
        QVERIFY(filledButton(page)->isEnabled());
        auto* name = page->findChild<QWidget*>(u"field:name"_s)->findChild<QLineEdit*>();
        QCOMPARE(name->text(), u"fractions-tutor-2"_s); // the first is taken
        auto* times =
            page->findChild<QWidget*>(u"field:trainer.max_epochs"_s)->findChild<QLineEdit*>();
        QCOMPARE(times->text(), u"no limit"_s);
        times->setFocus();
        times->selectAll();
        QTest::keyClicks(times, u"No limit"_s);
        QVERIFY(filledButton(page)->isEnabled()); // the word may be typed, too
        studio.shoot(u"new-run-ready"_s);

        auto* rate = page->findChild<QWidget*>(u"field:optimizer.lr"_s)->findChild<QLineEdit*>();
        rate->setFocus();
        rate->selectAll();
        QTest::keyClicks(rate, u"fast"_s);
        auto* epochs =
            page->findChild<QWidget*>(u"field:data.max_length"_s)->findChild<QLineEdit*>();
        epochs->setFocus();
        epochs->selectAll();
        QTest::keyClicks(epochs, u"2"_s);
        QVERIFY(showsText(page, u"2 setting"_s));
        QVERIFY(!filledButton(page)->isEnabled());
        studio.shoot(u"new-run-wrong"_s);
    }

    void newRunUnfoldsEverySettingAndEditsYaml()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::NewRun, u"fractions-tutor"_s);
        for (auto* button : page->findChildren<Button*>())
            if (button->text().startsWith(u"All "_s))
                button->click();
        QVERIFY(page->findChild<QWidget*>(u"field:samples.prompts"_s) != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"Ready to start"_s), 60000);
        studio.shoot(u"new-run-settings"_s);
        auto* momentum = page->findChild<QWidget*>(u"field:optimizer.momentum"_s);
        QVERIFY2(!momentum->isVisible(), "AdamW has none");
        auto* optimizer =
            page->findChild<QWidget*>(u"field:optimizer.name"_s)->findChild<QComboBox*>();
        optimizer->setCurrentIndex(optimizer->findData(u"sgd"_s));
        emit optimizer->activated(optimizer->currentIndex());
        QVERIFY(momentum->isVisible());
        QVERIFY(!page->findChild<QWidget*>(u"field:optimizer.betas"_s)->isVisible());
        for (auto* button : page->findChildren<Button*>())
            if (button->text() == u"Edit as YAML"_s)
                button->click();
        auto* text = page->findChild<QPlainTextEdit*>();
        for (auto* edit : page->findChildren<QPlainTextEdit*>())
            if (edit->isVisible())
                text = edit;
        text->setFocus();
        text->setPlainText(text->toPlainText().replace(u"max_length: 512"_s, u"max_lenght: 512"_s));
        QTRY_VERIFY(showsText(page, u"max_length"_s));
        studio.shoot(u"new-run-yaml"_s);
    }

    void tryItTalksToAServedModel();
    void tryItRemembersItsSettings();
};

void TestPages::tryItTalksToAServedModel()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    connect(&server, &QTcpServer::newConnection, &server, [&server] {
        auto* socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            if (!socket->readAll().contains("\"seed\""))
                return;
            socket->write(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                "data: {\"choices\":[{\"delta\":{\"content\":\"Good try, there is one slip. You "
                "added the bottoms, "
                "4 + 3 = 7. The bottoms name sizes of pieces, and these pieces have different "
                "sizes.\\nStep 1: Find a "
                "common bottom. 4 and 3 both go into 12.\\nAnswer: 17/12\"}}]}\n\n"
                "data: "
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_"
                "tokens\":58,"
                "\"tokens_per_second\":31.4}}\n\ndata: [DONE]\n\n");
            socket->disconnectFromHost();
        });
    });
    FakeBin engine("echo '{\"url\":\"http://127.0.0.1:" + QByteArray::number(server.serverPort()) +
                   "\"}'\nexec sleep 300\n");
    lyceum::test::PageWorkspace workspace;
    workspace.addFinished("fractions-tutor", 1.092);
    Studio studio(workspace);
    auto* page = studio.go(PlaceId::TryIt, u"fractions-tutor"_s);
    auto* send = page->findChild<Button*>(u"send"_s);
    auto* question = page->findChild<QPlainTextEdit*>(u"question"_s);
    question->setPlainText(
        u"Work out 3/4 + 2/3.\nMy attempt: I added the tops and the bottoms and got 5/7."_s);
    QTRY_VERIFY_WITH_TIMEOUT(send->isEnabled(), 10000);
    studio.shoot(u"try-it-ready"_s);
    QTest::keyClick(question, Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(page->findChildren<Bubble*>().size(), 2);
    QTRY_VERIFY(showsText(page, u"58 token"_s));
    QVERIFY(question->toPlainText().isEmpty());
    studio.shoot(u"try-it-answered"_s);

    server.close();
    question->setPlainText(u"And 1/2 + 1/3?"_s);
    QTest::keyClick(question, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(showsText(page, u"Restart the model"_s));
    for (auto* button : page->findChildren<Button*>())
        if (button->text() == u"Settings"_s)
            button->click();
    studio.shoot(u"try-it-failed"_s);
}

void TestPages::tryItRemembersItsSettings()
{
    lyceum::test::PageWorkspace workspace;
    workspace.addFinished("fractions-tutor", 1.092);
    const auto editor = [](QWidget* page, const QString& name) -> QWidget* {
        for (auto* widget : page->findChildren<QWidget*>())
            if (widget->accessibleName() == name)
                return widget;
        return nullptr;
    };
    const auto press = [](QWidget* page, const QString& text) {
        for (auto* button : page->findChildren<Button*>())
            if (button->text() == text)
                button->click();
    };
    {
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::TryIt);
        press(page, u"Settings"_s);
        QVERIFY(!editor(page, u"Top-k"_s)->isVisible());
        press(page, u"More settings"_s);
        QVERIFY(editor(page, u"Top-k"_s)->isVisible());
        qobject_cast<QSpinBox*>(editor(page, u"Top-k"_s))->setValue(40);
        qobject_cast<QDoubleSpinBox*>(editor(page, u"Min-p"_s))->setValue(0.1);
        qobject_cast<QDoubleSpinBox*>(editor(page, u"Repetition penalty"_s))->setValue(1.2);
        studio.shoot(u"try-it-settings"_s);
    }
    Studio studio(workspace);
    auto* page = studio.go(PlaceId::TryIt);
    press(page, u"Settings"_s);
    QCOMPARE(qobject_cast<QSpinBox*>(editor(page, u"Top-k"_s))->value(), 40);
    QCOMPARE(qobject_cast<QDoubleSpinBox*>(editor(page, u"Min-p"_s))->value(), 0.1);
    QCOMPARE(qobject_cast<QDoubleSpinBox*>(editor(page, u"Repetition penalty"_s))->value(), 1.2);
    QVERIFY2(editor(page, u"Top-k"_s)->isVisible(), "what differs from the usual is not hidden");
}

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
