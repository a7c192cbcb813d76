#include "tests/ui/support/ui_test.h"
#include "ui/models/format.h"
#include "ui/models/machine.h"

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

const QLocale kEnglish(QLocale::English, QLocale::UnitedKingdom);
const QLocale kGerman(QLocale::German, QLocale::Germany);
constexpr QChar kGap(0x00A0);

QString unit(const QString& number, const QString& word)
{
    return number + kGap + word;
}

} // namespace

class TestFormat : public QObject {
    Q_OBJECT

private slots:
    void numbersFollowTheLocale()
    {
        QCOMPARE(format::count(1218, kEnglish), u"1,218"_s);
        QCOMPARE(format::count(1218, kGerman), u"1.218"_s);
        QCOMPARE(format::loss(1.3071, kGerman), u"1,307"_s);
    }

    void unknownIsADashAndNeverZero()
    {
        QCOMPARE(format::loss({}), u"—"_s);
        QCOMPARE(format::perplexity({}), u"—"_s);
        QCOMPARE(format::memory({}), u"—"_s);
        QCOMPARE(format::rate({}), u"—"_s);
        QCOMPARE(format::clock(0), u"—"_s);
        QCOMPARE(format::decimal(std::nan(""), 3), u"—"_s);
        QCOMPARE(format::duration(-1), u"—"_s);
    }

    void minusIsATrueMinus() { QCOMPARE(format::decimal(-1.5, 1, kEnglish), u"−1.5"_s); }

    void perplexityHasTwoDigitsBelowTen()
    {
        QCOMPARE(format::perplexity(3.704, kEnglish), u"3.70"_s);
        QCOMPARE(format::perplexity(12.34, kEnglish), u"12.3"_s);
        QCOMPARE(format::perplexity(9.997, kEnglish), u"10.0"_s);
    }

    void percentNeverSaysDoneBeforeItIs()
    {
        QCOMPARE(format::percent(0.61, kEnglish), unit(u"61"_s, u"%"_s));
        QCOMPARE(format::percent(0.9996, kEnglish), unit(u"99.9"_s, u"%"_s));
        QCOMPARE(format::percent(1.0, kEnglish), unit(u"100"_s, u"%"_s));
    }

    void sizesHaveBinaryUnits()
    {
        QCOMPARE(format::memory(12.06 * 1024 * 1024 * 1024, kEnglish), unit(u"12.1"_s, u"GiB"_s));
        QCOMPARE(format::fileSize(512, kEnglish), unit(u"512"_s, u"B"_s));
        QCOMPARE(format::fileSize(74448896, kEnglish), unit(u"71"_s, u"MiB"_s));
        QCOMPARE(format::fileSize(2254857830, kEnglish), unit(u"2.1"_s, u"GiB"_s));
    }

    void ratesHaveThreeSignificantDigits()
    {
        QCOMPARE(format::rate(9178.0, kEnglish), unit(u"9,180"_s, u"tokens/s"_s));
        QCOMPARE(format::rate(43.27, kEnglish), unit(u"43.3"_s, u"tokens/s"_s));
    }

    void learningRateIsAsFieldsTakeIt()
    {
        QCOMPARE(format::learningRate(2.0e-4, kEnglish), u"2.0e-4"_s);
        QCOMPARE(format::learningRate(1.0e-3, kEnglish), u"1.0e-3"_s);
        QCOMPARE(format::superscript(-4), u"⁻⁴"_s);
    }

    void durationsUseTwoUnits()
    {
        QCOMPARE(format::duration(48, kEnglish), unit(u"48"_s, u"s"_s));
        QCOMPARE(format::duration(436, kEnglish),
                 unit(u"7"_s, u"min"_s) + u' ' + unit(u"16"_s, u"s"_s));
        QCOMPARE(format::duration(4320, kEnglish),
                 unit(u"1"_s, u"h"_s) + u' ' + unit(u"12"_s, u"min"_s));
        QCOMPARE(format::duration(59.7, kEnglish),
                 unit(u"1"_s, u"min"_s) + u' ' + unit(u"0"_s, u"s"_s));
    }

    void clockNamesTheDayWhenItIsNotToday()
    {
        const QDateTime now(QDate(2026, 11, 23), QTime(15, 0));
        const QDateTime before(QDate(2026, 11, 22), QTime(14, 52));
        QCOMPARE(format::clock(static_cast<double>(now.toSecsSinceEpoch()), now, kEnglish),
                 u"15:00"_s);
        QCOMPARE(format::clock(static_cast<double>(before.toSecsSinceEpoch()), now, kEnglish),
                 u"yesterday 14:52"_s);
    }

    void parametersAreInMillions()
    {
        QCOMPARE(format::parameters(134515008, kEnglish), unit(u"135"_s, u"M"_s));
        QCOMPARE(format::parameters(1711376384, kEnglish), unit(u"1.7"_s, u"B"_s));
    }

    void meminfoNeedsBothLines()
    {
        const auto memory =
            parseMeminfo("MemTotal: 2048 kB\nMemFree: 1 kB\nMemAvailable: 1024 kB\n");
        QVERIFY(memory.has_value());
        QCOMPARE(memory->totalBytes, 2048u * 1024u);
        QCOMPARE(memory->availableBytes, 1024u * 1024u);
        QVERIFY(!parseMeminfo("MemTotal: 2048 kB\n"));
        QVERIFY(!parseMeminfo("MemTotal: none\nMemAvailable: 3 kB\n").has_value());
    }
};

LYCEUM_UI_TEST_MAIN(TestFormat)
#include "tst_format.moc"
