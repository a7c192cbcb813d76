#include "tests/ui/support/ui_test.h"

using namespace lyceum::ui;

namespace {

struct Pair {
    const char* name;
    QColor ink;
    QColor ground;
    double least;
};

std::vector<Pair> textPairs(const Tokens& t)
{
    constexpr double kText = 4.5;
    constexpr double kShape = 3.0;
    std::vector<Pair> pairs = {
        {"text on surface", t.text, t.surface, 7.0},
        {"text 2 on surface", t.text2, t.surface, kText},
        {"text 2 on sunken", t.text2, t.sunken, kText},
        {"text 2 on rail", t.text2, t.rail, kText},
        {"text 3 on surface", t.text3, t.surface, kText},
        {"text 3 on window", t.text3, t.window, kText},
        {"text 3 on sunken", t.text3, t.sunken, kText},
        {"text 3 on rail", t.text3, t.rail, kText},
        {"outline on surface", t.outline, t.surface, kShape},
        {"outline on rail", t.outline, t.rail, kShape},
        {"accent on surface", t.accent, t.surface, kText},
        {"text on accent", t.onAccent, t.accent, kText},
        {"accent on its weak", t.accent, t.accentWeak, kText},
        {"text on selection", t.text, t.accentWeak, kText},
        {"good on surface", t.good, t.surface, kText},
        {"good on its weak", t.good, t.goodWeak, kText},
        {"caution on surface", t.caution, t.surface, kText},
        {"caution on its weak", t.caution, t.cautionWeak, kText},
        {"fault on surface", t.fault, t.surface, kText},
        {"fault on its weak", t.fault, t.faultWeak, kText},
        {"learnt token", t.onLearnt, t.learnt, kText},
    };
    for (const QColor& series : t.series)
        pairs.push_back({"plot series", series, t.surface, kShape});
    return pairs;
}

} // namespace

class TestTokens : public QObject {
    Q_OBJECT

private slots:
    void contrastRatioMatchesTheStandardsExtremes()
    {
        QCOMPARE(contrastRatio(Qt::white, Qt::black), 21.0);
        QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
        // WCAG's own example: #777777 on white is 4.48.
        QVERIFY(std::abs(contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white) - 4.48) < 0.005);
    }

    void everyInkIsReadableOnItsGround()
    {
        for (const Tokens* table : {&lightTokens(), &darkTokens()})
            for (const Pair& pair : textPairs(*table))
                QVERIFY2(contrastRatio(pair.ink, pair.ground) >= pair.least,
                         qPrintable(QStringLiteral("%1, %2: %3")
                                        .arg(table->isDark ? QStringLiteral("dark")
                                                           : QStringLiteral("light"),
                                             QLatin1StringView(pair.name))
                                        .arg(contrastRatio(pair.ink, pair.ground))));
    }

    void digitsHaveEqualAdvances()
    {
        for (const auto style : {TextStyle::Caption, TextStyle::Body, TextStyle::Figure}) {
            const QFontMetricsF metrics(Theme::instance().font(style));
            for (char digit = '1'; digit <= '9'; ++digit)
                QCOMPARE(metrics.horizontalAdvance(QLatin1Char(digit)),
                         metrics.horizontalAdvance(QLatin1Char('0')));
        }
    }

    void modeChangesColoursAtOnce()
    {
        Theme& theme = Theme::instance();
        theme.setMode(ThemeMode::Dark);
        QVERIFY(tokens().isDark);
        QCOMPARE(qApp->palette().color(QPalette::Base), darkTokens().surface);
        QVERIFY(qApp->styleSheet().contains(darkTokens().accent.name()));
        theme.setMode(ThemeMode::Light);
        QCOMPARE(qApp->palette().color(QPalette::Base), lightTokens().surface);
    }

    void styleSheetHasNoVariableLeft()
    {
        QVERIFY(!qApp->styleSheet().contains(QLatin1Char('$')));
        QVERIFY(!qApp->styleSheet().contains(QLatin1Char('@')));
    }

    void textScaleIsClampedAndScalesFonts()
    {
        Theme& theme = Theme::instance();
        theme.setTextScale(1.5);
        QCOMPARE(theme.font(TextStyle::Figure).pixelSize(), 36);
        theme.setTextScale(9);
        QCOMPARE(theme.textScale(), 2.0);
        theme.setTextScale(1.0);
    }
};

LYCEUM_UI_TEST_MAIN(TestTokens)
#include "tst_tokens.moc"
