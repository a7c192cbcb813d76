// The Export page in each of its states, with a script in the place of the engine.
#include "tests/ui/pages/studio.h"
#include "tests/ui/support/fake_bin.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>

using namespace lyceum;
using namespace lyceum::ui;
using lyceum::test::exportEngine;
using lyceum::test::FakeBin;
using lyceum::test::kWritesExports;
using lyceum::ui::test::filledButton;
using lyceum::ui::test::numFilledButtons;
using lyceum::ui::test::showsText;
using lyceum::ui::test::Studio;
using namespace Qt::StringLiterals;

namespace {

QCheckBox* formatBox(QWidget* page, const QString& format)
{
    return page->findChild<QCheckBox*>(u"exportFormat-"_s + format);
}

} // namespace

class TestExportPage : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Theme::install(*qApp);
        Theme::instance().setMode(ThemeMode::Light);
    }

    void exportHasNothingUntilARunHasSaved()
    {
        lyceum::test::PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Export);
        QTRY_VERIFY(showsText(page, u"Nothing to export yet"_s));
        studio.shoot(u"export-empty"_s);
    }

    void exportOffersWhatTheEngineSaysItCanWrite()
    {
        FakeBin engine(exportEngine(""));
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Export, u"fractions-tutor"_s);
        QTRY_COMPARE(page->findChild<QComboBox*>(u"exportChoice"_s)->count(), 2);
        QTRY_VERIFY(formatBox(page, u"gguf"_s)->isEnabled());
        QVERIFY(formatBox(page, u"hf"_s)->isChecked());
        QVERIFY(!formatBox(page, u"adapter"_s)->isEnabled());
        QVERIFY(showsText(page, u"has no adapter"_s));
        QCOMPARE(filledButton(page)->text(), u"Export 1 format"_s);
        formatBox(page, u"gguf"_s)->click();
        QCOMPARE(filledButton(page)->text(), u"Export 2 formats"_s);
        QVERIFY(showsText(page, u"650\u00a0MiB"_s)); // float32 and Q8_0 together
        QCOMPARE(numFilledButtons(page), 1);
        studio.shoot(u"export-ready"_s);
        auto* folder = page->findChild<QLineEdit*>(u"exportFolder"_s);
        folder->setText(u"exports"_s);
        QVERIFY(!filledButton(page)->isEnabled());
        QVERIFY(showsText(page, u"Give the whole path"_s));
        studio.shoot(u"export-no-folder"_s);
        folder->setText(u"/tmp/lyceum"_s);
        formatBox(page, u"hf"_s)->click();
        formatBox(page, u"gguf"_s)->click();
        QVERIFY(!filledButton(page)->isEnabled());
        QVERIFY(showsText(page, u"Tick at least one format"_s));
    }

    void exportRunsTheEngineAndShowsItsProof()
    {
        FakeBin engine(exportEngine(kWritesExports));
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Export, u"fractions-tutor"_s);
        QTRY_VERIFY(formatBox(page, u"gguf"_s)->isEnabled());
        for (const auto& format : {u"gguf"_s, u"torch"_s})
            formatBox(page, format)->click();
        filledButton(page)->click();
        QTRY_VERIFY(showsText(page, u"Writing the weights for hf"_s));
        QCOMPARE(numFilledButtons(page), 0); // nothing but to wait, or to cancel
        QVERIFY(!formatBox(page, u"hf"_s)->isEnabled());
        studio.shoot(u"export-running"_s);
        QTRY_VERIFY_WITH_TIMEOUT(filledButton(page) != nullptr, 20000);
        QCOMPARE(filledButton(page)->text(), u"Open folder"_s);
        QCOMPARE(numFilledButtons(page), 1);
        QVERIFY(showsText(page, u"from transformers import pipeline"_s));
        QVERIFY(showsText(page, u"ollama create fractions-tutor"_s));
        QVERIFY(showsText(page, u"3.1 × 10⁻⁵"_s));
        QVERIFY(showsText(page, u"96 of 96"_s));
        QVERIFY(showsText(page, u"272 tensors"_s));
        QVERIFY(showsText(page, u"The disk is full"_s)); // of the state dict alone
        QVERIFY(showsText(page, u"Free some space."_s));
        QVERIFY(!showsText(page, u"sha256 0b5f"_s));
        for (auto* button : page->findChildren<Button*>())
            if (button->isVisible() && button->text() == u"Show files"_s)
                button->click();
        QVERIFY(showsText(page, u"sha256 0b5f"_s));
        studio.shoot(u"export-done"_s);
    }

    void anExportThatIsCancelledSaysSoAndCanBeStartedAgain()
    {
        FakeBin engine(exportEngine("exec sleep 60\n"));
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Export, u"fractions-tutor"_s);
        QTRY_VERIFY(formatBox(page, u"gguf"_s)->isEnabled());
        formatBox(page, u"gguf"_s)->click();
        filledButton(page)->click();
        for (auto* button : page->findChildren<Button*>())
            if (button->isVisible() && button->text() == u"Cancel"_s)
                button->click();
        QTRY_VERIFY(filledButton(page) != nullptr);
        QCOMPARE(filledButton(page)->text(), u"Export 2 formats"_s);
        QVERIFY(showsText(page, u"Nothing was written"_s));
        studio.shoot(u"export-cancelled"_s);
    }

    void aModelTheEngineCannotOpenIsExplainedInPlace()
    {
        FakeBin engine(
            "echo '{\"error\":{\"message\":\"The base model smollm2-135m-instruct is not on "
            "this computer.\",\"hint\":\"Add it in Models.\"}}'\nexit 1\n");
        lyceum::test::PageWorkspace workspace;
        workspace.addFinished("fractions-tutor", 1.092);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Export, u"fractions-tutor"_s);
        QTRY_VERIFY(showsText(page, u"is not on this computer"_s));
        QVERIFY(showsText(page, u"Add it in Models."_s));
        QVERIFY(!page->findChild<Button*>(u"startExport"_s)->isEnabled());
        studio.shoot(u"export-broken"_s);
    }
};

QTEST_MAIN(TestExportPage)
#include "tst_export_page.moc"
