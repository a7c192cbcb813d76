// The Models page: what there is, adding and forgetting, how a model reads a text.
#include "tests/support/tiny_model.h"
#include "tests/ui/pages/studio.h"
#include "ui/models/tensor_table_model.h"
#include "ui/panels/models/token_playground.h"
#include "ui/widgets/segmented_control.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTextEdit>

using namespace lyceum;
using namespace lyceum::ui;
using namespace Qt::StringLiterals;
using lyceum::test::PageWorkspace;
using lyceum::ui::test::filledButton;
using lyceum::ui::test::numFilledButtons;
using lyceum::ui::test::showsText;
using lyceum::ui::test::Studio;

namespace {

QTableView* table(QWidget* page, const QString& name)
{
    for (auto* view : page->findChildren<QTableView*>())
        if (view->accessibleName() == name)
            return view;
    return nullptr;
}

SegmentedControl* views(QWidget* page)
{
    for (auto* control : page->findChildren<SegmentedControl*>())
        if (control->accessibleName() == u"What to show"_s)
            return control;
    return nullptr;
}

QLabel* label(QWidget* page, const QString& text)
{
    for (auto* each : page->findChildren<QLabel*>())
        if (each->text() == text && each->isVisible())
            return each;
    return nullptr;
}

Button* button(QWidget* page, const QString& text)
{
    for (auto* each : page->findChildren<Button*>())
        if (each->text() == text && each->isVisible())
            return each;
    return nullptr;
}

} // namespace

class TestModelsPage : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Theme::install(*qApp);
        Theme::instance().setMode(ThemeMode::Light);
    }

    void theKnownModelIsThereWithWhatItIs()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Models);
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"30 layers, 576 wide, 9 heads in 3 groups"_s),
                                 20000);
        QVERIFY(showsText(page, u"134,515,008"_s));
        QVERIFY(showsText(page, u"49,152 tokens"_s));
        QVERIFY(showsText(page, u"Apache-2.0"_s));
        QCOMPARE(numFilledButtons(page), 1);
        QVERIFY(button(page, u"Forget"_s) == nullptr); // it came along
        studio.shoot(u"models-overview"_s);

        views(page)->setCurrent(0);
        for (auto* segment : views(page)->findChildren<QAbstractButton*>())
            if (segment->text() == u"Tensors"_s)
                segment->click();
        auto* tensors = table(page, u"Tensors of the model"_s);
        QAbstractItemModelTester tester(tensors->model());
        QCOMPARE(tensors->model()->rowCount(), 272);
        QVERIFY(tensors->isVisible());
        studio.shoot(u"models-tensors"_s);
    }

    void aModelsNameHasRoomInASmallWindow()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Models);
        auto* list = table(page, u"Models"_s);
        QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 1, 20000);
        studio.window->resize(1280, 720);
        const QString name = list->model()->index(0, 0).data().toString();
        QTRY_VERIFY(list->columnWidth(0) > list->fontMetrics().horizontalAdvance(name) + 24);
    }

    void linesStandCloseWhicheverModelIsLookedAtNext()
    {
        PageWorkspace workspace;
        const auto folder = workspace.path() / "downloads" / "tiny";
        lyceum::test::write_tiny_folder(folder);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Models);
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"30 layers"_s), 20000);
        studio.go(PlaceId::Models, QString::fromStdString(folder.string()));
        QTRY_VERIFY_WITH_TIMEOUT(!showsText(page, u"30 layers"_s) && label(page, u"Shape"_s),
                                 20000);
        QTRY_VERIFY(label(page, u"Parameters"_s)->y() - label(page, u"Shape"_s)->y() < 60);
    }

    void aTextIsShownTokenByToken()
    {
        PageWorkspace workspace;
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Models);
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"30 layers"_s), 20000);
        for (auto* segment : views(page)->findChildren<QAbstractButton*>())
            if (segment->text() == u"Tokens"_s)
                segment->click();
        auto* playground = page->findChild<TokenPlayground*>();
        studio.shoot(u"models-tokens"_s);
        playground->setText(u"Half is 1/2 \U0001F355"_s);
        auto* output = playground->findChild<QTextEdit*>();
        QVERIFY(output->toPlainText().startsWith(u"Half is 1/2"_s));
        QVERIFY(output->toPlainText().contains(u"\\xF0"_s)); // the pizza is cut into bytes
        for (auto* segment : playground->findChildren<QAbstractButton*>())
            if (segment->text() == u"As numbers"_s)
                segment->click();
        QVERIFY(output->toPlainText().startsWith(u"29117 "_s) ||
                output->toPlainText()[0].isDigit());
        playground->setText({});
        QVERIFY(output->toPlainText().isEmpty());
    }

    void aFolderIsAddedForgottenAndWhatIsNoneIsRefused()
    {
        PageWorkspace workspace;
        const auto folder = workspace.path() / "downloads" / "tiny";
        lyceum::test::write_tiny_folder(folder);
        Studio studio(workspace);
        auto* page = studio.go(PlaceId::Models, QString::fromStdString(folder.string()));
        auto* list = table(page, u"Models"_s);
        QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 2, 20000);
        QTRY_VERIFY(button(page, u"Forget"_s) != nullptr);
        QTRY_VERIFY(filledButton(page)->isEnabled());
        studio.shoot(u"models-added"_s);
        filledButton(page)->click();
        QCOMPARE(studio.window->navigator().current().item, u"model:tiny"_s);

        page = studio.go(PlaceId::Models,
                         QString::fromStdString((workspace.path() / "downloads").string()));
        QTRY_VERIFY_WITH_TIMEOUT(showsText(page, u"holds no model"_s), 20000);
        studio.shoot(u"models-refused"_s);
        button(page, u"Forget"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 1, 20000);
        QVERIFY(std::filesystem::exists(folder / "config.json"));
    }
};

QTEST_MAIN(TestModelsPage)
#include "tst_models_page.moc"
