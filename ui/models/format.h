#pragma once

/// @file
/// How the studio writes numbers (STUDIO section 6): by the locale, with a true minus sign, a
/// no-break space before a unit, and a dash for what is not known.

#include <QDateTime>
#include <QLocale>
#include <QString>

#include <cstdint>
#include <optional>

namespace lyceum::ui::format {

/// What stands for an unknown number; never 0.
[[nodiscard]] QString unknown();

[[nodiscard]] QString count(std::int64_t value, const QLocale& locale = QLocale());
/// `digits` after the point.
[[nodiscard]] QString decimal(double value, int digits, const QLocale& locale = QLocale());
[[nodiscard]] QString loss(std::optional<double> value, const QLocale& locale = QLocale());
/// 2 digits below 10, 1 above.
[[nodiscard]] QString perplexity(std::optional<double> value, const QLocale& locale = QLocale());
/// `share` from 0 to 1; no digits, one when nearly done (99 % and above, but not 100).
[[nodiscard]] QString percent(double share, const QLocale& locale = QLocale());
/// Memory: GiB with 1 digit.
[[nodiscard]] QString memory(std::optional<double> bytes, const QLocale& locale = QLocale());
/// Files: B, KiB, MiB or GiB.
[[nodiscard]] QString fileSize(std::uint64_t bytes, const QLocale& locale = QLocale());
/// Rates, to 3 significant digits: "9,180 tokens/s".
[[nodiscard]] QString rate(std::optional<double> perSecond, const QLocale& locale = QLocale());
/// "2.0e-4", as fields show and take it.
[[nodiscard]] QString learningRate(double value, const QLocale& locale = QLocale());
/// "48 s", "7 min 16 s", "1 h 12 min".
[[nodiscard]] QString duration(double seconds, const QLocale& locale = QLocale());
/// Parameters: "135 M", "1.7 B".
[[nodiscard]] QString parameters(std::int64_t value, const QLocale& locale = QLocale());
/// "14:52" today, "yesterday 14:52", else the date. `unixSeconds` 0 or less: unknown.
[[nodiscard]] QString clock(double unixSeconds, const QDateTime& now = QDateTime::currentDateTime(),
                            const QLocale& locale = QLocale());
/// "14:52:07".
[[nodiscard]] QString clockWithSeconds(double unixSeconds, const QLocale& locale = QLocale());
/// Digits of `exponent` in superscript: -4 is "⁻⁴".
[[nodiscard]] QString superscript(int exponent);

} // namespace lyceum::ui::format
