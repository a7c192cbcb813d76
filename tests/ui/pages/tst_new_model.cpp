/// @file
/// New run: a model from scratch.

#include "tests/ui/pages/studio.h"
#include "ui/panels/new_run/choice_card.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableView>

using namespace Qt::StringLiterals;
using namespace lyceum;
using namespace lyceum::ui;
using namespace lyceum::ui::test;

namespace {

/// The page with From scratch chosen, as a person chooses it.
Place* openFromScratch(Studio& studio, const QString& item = u"fractions-tutor"_s)
{
    auto* page = studio.go(PlaceId::NewRun, item);
    auto* start = page->findChild<SegmentedControl*>(u"startFrom"_s);
    for (auto* segment : start->findChildren<QAbstractButton*>())
        if (segment->text() == u"From scratch"_s)
            segment->click();
    return page;
}

QString yamlOf(Place* page)
{
    for (auto* button : page->findChildren<Button*>())
        if (button->text() == u"Edit as YAML"_s)
            button->click();
    QString yaml;
    for (auto* edit : page->findChildren<QPlainTextEdit*>())
        if (edit->isVisible())
            yaml = edit->toPlainText();
    for (auto* button : page->findChildren<Button*>())
        if (button->text() == u"Back to the form"_s)
            button->click();
    return yaml;
}

void choose(QWidget* page, const QString& name, const QString& text)
{
    auto* box = page->findChild<QComboBox*>(name);
    box->setCurrentIndex(box->findText(text));
    emit box->activated(box->currentIndex());
}

} // namespace

class TestNewModel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Theme::install(*qApp);
        Theme::instance().setMode(ThemeMode::Light);
    }

    void fromScratchIsCountedAndReady()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = openFromScratch(studio);
        QVERIFY(page->findChild<QWidget*>(u"newModel"_s)->isVisible());
        QVERIFY(!page->findChild<QTableView*>(u"baseModels"_s)->isVisible());
        auto* small = page->findChild<ChoiceCard*>(u"size:small"_s);
        QVERIFY(small->isChecked());
        QVERIFY2(small->accessibleDescription().contains(u"numbers"_s),
                 qPrintable(small->accessibleDescription()));
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"Ready to start"_s), 60000);
        QVERIFY(filledButton(page)->isEnabled());
        studio.shoot(u"new-model"_s);
        const QString yaml = yamlOf(page);
        QVERIFY2(yaml.contains(u"base: none"_s) && yaml.contains(u"method: full"_s),
                 qPrintable(yaml));
    }

    void everyChoiceReachesTheConfiguration()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = openFromScratch(studio);
        choose(page, u"newModelFamily"_s, u"GPT-2"_s);
        choose(page, u"newModelTokenizer"_s, u"Learnt from this data"_s);
        page->findChild<ChoiceCard*>(u"size:tiny"_s)->click();
        auto* size = page->findChild<QWidget*>(u"field:model.tokenizer.train.vocab_size"_s);
        QVERIFY(size->isVisible());
        auto* line = size->findChild<QLineEdit*>();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, u"600"_s);
        const QString yaml = yamlOf(page);
        QVERIFY2(yaml.contains(u"family: gpt2"_s), qPrintable(yaml));
        QVERIFY2(yaml.contains(u"n_embd: 128"_s), qPrintable(yaml));
        QVERIFY2(yaml.contains(u"vocab_size: 600"_s), qPrintable(yaml));
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"Ready to start"_s), 60000);
        studio.shoot(u"new-model-trained-tokenizer"_s);
        choose(page, u"newModelFamily"_s, u"Llama"_s); // the size keeps its name
        QVERIFY(page->findChild<ChoiceCard*>(u"size:tiny"_s)->isChecked());
        QVERIFY(yamlOf(page).contains(u"hidden_size: 128"_s));
    }

    void aWrongKeyIsMarkedWhereItWasTyped()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = openFromScratch(studio);
        for (auto* button : page->findChildren<Button*>())
            if (button->text().startsWith(u"All "_s))
                button->click();
        auto* config =
            page->findChild<QWidget*>(u"field:model.config"_s)->findChild<QPlainTextEdit*>();
        QVERIFY(config->isEnabled());
        config->setPlainText(u"hiden_size: 64"_s);
        QVERIFY(showsText(page, u"Did you mean hidden_size?"_s));
        QVERIFY(!filledButton(page)->isEnabled());
        studio.shoot(u"new-model-wrong"_s);
        config->setPlainText(u"hidden_size: 64"_s);
        QTRY_VERIFY(!showsText(page, u"Did you mean"_s));
        QVERIFY(showsText(page, u"A size of its own"_s));
    }

    void theWayBackRestoresModelAndMethod()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = openFromScratch(studio);
        auto* start = page->findChild<SegmentedControl*>(u"startFrom"_s);
        for (auto* segment : start->findChildren<QAbstractButton*>())
            if (segment->text() == u"A trained model"_s)
                segment->click();
        QVERIFY(page->findChild<QTableView*>(u"baseModels"_s)->isVisible());
        const QString yaml = yamlOf(page);
        QVERIFY2(yaml.contains(u"base: smollm2-135m-instruct"_s), qPrintable(yaml));
        QVERIFY2(yaml.contains(u"method: lora"_s), qPrintable(yaml));
        QVERIFY(!yaml.contains(u"family"_s));
    }

    void everyMethodSaysWhatItMeansAndReachesTheConfiguration()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::NewRun, u"fractions-tutor"_s);
        for (const QString& method : {u"qlora"_s, u"full"_s, u"lora"_s}) {
            auto* card = page->findChild<ChoiceCard*>(u"method:"_s + method);
            QVERIFY2(card != nullptr, qPrintable(method));
            QVERIFY(!card->accessibleDescription().isEmpty());
            card->click();
            const QString yaml = yamlOf(page);
            QVERIFY2(yaml.contains(u"method: "_s + method), qPrintable(yaml));
        }
    }

    void everyControlHasANameAndIsReachedByKey()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = openFromScratch(studio);
        auto* form = page->findChild<QWidget*>(u"newModel"_s);
        int count = 0;
        for (auto* control : form->findChildren<QWidget*>()) {
            const bool isControl = qobject_cast<QComboBox*>(control) != nullptr ||
                                   qobject_cast<ChoiceCard*>(control) != nullptr;
            if (!isControl || !control->isVisible())
                continue;
            ++count;
            QVERIFY(!control->accessibleName().isEmpty());
            QVERIFY((control->focusPolicy() & Qt::TabFocus) != 0);
        }
        QCOMPARE(count, 5); // three sizes, family, tokenizer
    }
};

QTEST_MAIN(TestNewModel)
#include "tst_new_model.moc"
