#include "ui/models/format.h"

#include <QCoreApplication>
#include <QTimeZone>

#include <array>
#include <cmath>

namespace lyceum::ui::format {

using namespace Qt::StringLiterals;

namespace {

constexpr QChar kNoBreakSpace(0x00A0);
constexpr QChar kMinus(0x2212);

QString tr(const char* text)
{
    return QCoreApplication::translate("format", text);
}

QString trueMinus(QString text)
{
    return text.replace(u'-', kMinus);
}

QString withUnit(const QString& number, const QString& unit)
{
    return number + kNoBreakSpace + unit;
}

/// Rounds to `digits` significant decimal digits.
double toSignificant(double value, int digits)
{
    if (value == 0.0 || !std::isfinite(value))
        return value;
    const double magnitude =
        std::pow(10.0, digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    return std::round(value * magnitude) / magnitude;
}

constexpr double kKibi = 1024.0;

} // namespace

QString unknown()
{
    return u"—"_s;
}

QString count(std::int64_t value, const QLocale& locale)
{
    return trueMinus(locale.toString(static_cast<qlonglong>(value)));
}

QString decimal(double value, int digits, const QLocale& locale)
{
    if (!std::isfinite(value))
        return unknown();
    return trueMinus(locale.toString(value, 'f', digits));
}

QString loss(std::optional<double> value, const QLocale& locale)
{
    return value ? decimal(*value, 3, locale) : unknown();
}

QString perplexity(std::optional<double> value, const QLocale& locale)
{
    // 9.995 would round to "10.00" with two digits.
    return value ? decimal(*value, *value < 9.995 ? 2 : 1, locale) : unknown();
}

QString percent(double share, const QLocale& locale)
{
    if (!std::isfinite(share))
        return unknown();
    const double value = share * 100.0;
    const bool isNearlyDone = value >= 99.0 && value < 100.0;
    const double shown = isNearlyDone ? std::floor(value * 10.0) / 10.0 : value;
    return withUnit(decimal(shown, isNearlyDone ? 1 : 0, locale), u"%"_s);
}

QString memory(std::optional<double> bytes, const QLocale& locale)
{
    if (!bytes)
        return unknown();
    return withUnit(decimal(*bytes / (kKibi * kKibi * kKibi), 1, locale), u"GiB"_s);
}

QString fileSize(std::uint64_t bytes, const QLocale& locale)
{
    static constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    if (value < kKibi)
        return withUnit(locale.toString(static_cast<qulonglong>(bytes)), u"B"_s);
    std::size_t unit = 0;
    value /= kKibi;
    while (value >= kKibi && unit + 1 < kUnits.size()) {
        value /= kKibi;
        ++unit;
    }
    const int digits = unit >= 2 || value < 10.0 ? 1 : 0;
    return withUnit(decimal(value, digits, locale), QString::fromLatin1(kUnits[unit]));
}

QString rate(std::optional<double> perSecond, const QLocale& locale)
{
    if (!perSecond || !std::isfinite(*perSecond))
        return unknown();
    const double value = toSignificant(*perSecond, 3);
    const int digits = value >= 100.0 ? 0 : value >= 10.0 ? 1 : 2;
    return withUnit(decimal(value, digits, locale), tr("tokens/s"));
}

QString learningRate(double value, const QLocale& locale)
{
    if (value == 0.0)
        return locale.toString(0);
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
    const double mantissa = value / std::pow(10.0, exponent);
    return locale.toString(mantissa, 'f', 1) + u'e' + QString::number(exponent);
}

QString duration(double seconds, const QLocale& locale)
{
    if (!std::isfinite(seconds) || seconds < 0)
        return unknown();
    const auto total = static_cast<qlonglong>(std::llround(seconds));
    const auto part = [&locale](qlonglong value, const QString& unit) {
        return withUnit(locale.toString(value), unit);
    };
    constexpr qlonglong kMinute = 60;
    constexpr qlonglong kHour = 3600;
    if (total < kMinute)
        return part(total, tr("s"));
    if (total < kHour)
        return part(total / kMinute, tr("min")) + u' ' + part(total % kMinute, tr("s"));
    return part(total / kHour, tr("h")) + u' ' + part(total % kHour / kMinute, tr("min"));
}

QString parameters(std::int64_t value, const QLocale& locale)
{
    const auto number = static_cast<double>(value);
    if (number >= 1e9)
        return withUnit(decimal(number / 1e9, 1, locale), tr("B"));
    if (number >= 1e6)
        return withUnit(decimal(number / 1e6, number < 1e7 ? 1 : 0, locale), tr("M"));
    return count(value, locale);
}

QString clock(double unixSeconds, const QDateTime& now, const QLocale& locale)
{
    if (!(unixSeconds > 0))
        return unknown();
    const auto when = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(unixSeconds));
    const QString time = locale.toString(when.time(), u"HH:mm"_s);
    const qint64 days = when.date().daysTo(now.date());
    if (days == 0)
        return time;
    if (days == 1)
        return tr("yesterday %1").arg(time);
    return locale.toString(when.date(), QLocale::ShortFormat) + u' ' + time;
}

QString clockWithSeconds(double unixSeconds, const QLocale& locale)
{
    if (!(unixSeconds > 0))
        return unknown();
    const auto when = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(unixSeconds));
    return locale.toString(when.time(), u"HH:mm:ss"_s);
}

QString superscript(int exponent)
{
    static const QString kDigits = u"⁰¹²³⁴⁵⁶⁷⁸⁹"_s;
    QString out;
    for (const QChar c : QString::number(exponent))
        out += c == u'-' ? QChar(0x207B) : kDigits[c.digitValue()];
    return out;
}

} // namespace lyceum::ui::format
