#include "tests/ui/support/ui_test.h"
#include "ui/theme/icons.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/figure_strip.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/pill.h"
#include "ui/widgets/scroll_area_accessible.h"
#include "ui/widgets/segmented_control.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

QColor strongestColor(const QIcon& icon)
{
    const QImage image = icon.pixmap(32).toImage();
    QColor found;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixelColor(x, y).alpha() == 255)
                found = image.pixelColor(x, y);
    return found;
}

} // namespace

class TestWidgets : public QObject {
    Q_OBJECT

private slots:
    /// A screen reader counts, the content shrinks, the reader asks: Qt 6.4 read beyond its list
    /// and the window was gone.
    void aScrollBarThatWentAwayCanBeAskedFor()
    {
        installScrollAreaAccessibility();
        auto* content = new QLabel(u"long"_s);
        content->setMinimumHeight(2000);
        const std::unique_ptr<QScrollArea> area(makeScrollArea(content));
        area->resize(200, 200);
        area->show();
        auto* seen = QAccessible::queryAccessibleInterface(area.get());
        const int before = seen->childCount();
        QVERIFY(before >= 2);
        for (int i = 0; i < before; ++i) {
            QVERIFY(seen->child(i) != nullptr);
            QCOMPARE(seen->indexOfChild(seen->child(i)), i);
        }
        content->setMinimumHeight(10);
        QTRY_VERIFY(!area->verticalScrollBar()->isVisible());
        for (int i = -1; i < before + 20; ++i)
            if (auto* child = seen->child(i))
                QVERIFY(child->isValid());
        QCOMPARE(seen->child(before + 20), nullptr);
        QCOMPARE(seen->child(-1), nullptr);
    }

    void iconsTakeTheThemesColourAndFollowIt()
    {
        const QIcon icon = themeIcon(u"media-playback-stop"_s, Role::Accent);
        QCOMPARE(strongestColor(icon), lightTokens().accent);
        Theme::instance().setMode(ThemeMode::Dark);
        QCOMPARE(strongestColor(icon), darkTokens().accent);
        Theme::instance().setMode(ThemeMode::Light);
    }

    void messageBarShowsItsRepairAndCopiesItsDetails()
    {
        MessageBar bar;
        bar.resize(800, 200);
        QSignalSpy repaired(&bar, &MessageBar::actionTriggered);
        bar.showMessage({.tone = Tone::Fault,
                         .title = u"The disk is full."_s,
                         .text = u"71 MiB are needed, 12 MiB are free."_s,
                         .action = u"Free space"_s,
                         .details = u"ENOSPC"_s});
        QVERIFY(bar.isVisible());
        for (auto* button : bar.findChildren<Button*>()) {
            if (button->text() == u"Free space"_s || button->text() == u"Technical text"_s)
                button->click();
        }
        QCOMPARE(repaired.count(), 1);
        for (auto* button : bar.findChildren<Button*>())
            if (button->text() == u"Copy"_s) {
                QVERIFY(button->isVisible());
                button->click();
            }
        QCOMPARE(QApplication::clipboard()->text(), u"ENOSPC"_s);
        QVERIFY(bar.accessibleDescription().contains(u"The disk is full."_s));
    }

    void segmentsChooseByKeyboardAndBecomeAComboBox()
    {
        SegmentedControl control(u"View"_s);
        control.addSegment(u"One"_s);
        control.addSegment(u"Two"_s);
        control.show();
        control.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&control));
        QSignalSpy chosen(&control, &SegmentedControl::chosen);
        auto buttons = control.findChildren<QPushButton*>();
        buttons[0]->setFocus();
        QTest::keyClick(buttons[0], Qt::Key_Right);
        QCOMPARE(control.current(), 1);
        control.setNarrow(true);
        QVERIFY(control.findChild<QComboBox*>()->isVisible());
        QVERIFY(!buttons[0]->isVisible());
        QCOMPARE(control.findChild<QComboBox*>()->currentIndex(), 1);
    }

    void flowLayoutBreaksLines()
    {
        QWidget host;
        auto* flow = new FlowLayout(8, &host);
        for (int i = 0; i < 4; ++i) {
            auto* box = new QWidget;
            box->setFixedSize(100, 20);
            flow->addWidget(box);
        }
        QCOMPARE(flow->heightForWidth(500), 20);
        QCOMPARE(flow->heightForWidth(220), 48);
        QCOMPARE(flow->heightForWidth(100), 4 * 20 + 3 * 8);
    }

    void figuresShowADashForTheUnknown()
    {
        FigureStrip strip(1);
        strip.setFigure(0, {.caption = u"Speed"_s});
        bool hasDash = false;
        for (const auto* label : strip.findChildren<QLabel*>())
            hasDash = hasDash || label->text() == u"—"_s;
        QVERIFY(hasDash);
    }

    void pillsSayTheirWord()
    {
        Pill pill(u"Training"_s, Tone::Good, u"media-playback-start"_s);
        QCOMPARE(pill.accessibleName(), u"Training"_s);
        QVERIFY(pill.sizeHint().width() > 60);
    }

    void filledButtonsAreKeyboardReachable()
    {
        Button button(u"Go"_s, {}, ButtonKind::Filled);
        QVERIFY(button.focusPolicy() & Qt::TabFocus);
        QSignalSpy clicked(&button, &QPushButton::clicked);
        button.show();
        QTest::keyClick(&button, Qt::Key_Space);
        QCOMPARE(clicked.count(), 1);
    }
};

LYCEUM_UI_TEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
