#pragma once

/// @file
/// Between core's strings and paths (UTF-8) and Qt's.

#include <QLocale>
#include <QString>

#include <filesystem>
#include <string>
#include <string_view>

namespace lyceum::ui {

[[nodiscard]] inline QString toQt(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

[[nodiscard]] inline QString toQt(const std::string& text)
{
    return toQt(std::string_view(text));
}

[[nodiscard]] inline QString toQt(const std::filesystem::path& path)
{
    return toQt(std::string_view(path.native()));
}

[[nodiscard]] inline std::filesystem::path toPath(const QString& path)
{
    return std::filesystem::path(path.toStdString());
}

/// `one` for a count of 1, else `many` with the count in the place of %1.
[[nodiscard]] inline QString counted(qint64 count, const QString& one, const QString& many)
{
    return count == 1 ? one : many.arg(QLocale().toString(count));
}

} // namespace lyceum::ui
