#include "ui/models/machine.h"

#include <QFile>

#include <charconv>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

std::optional<std::uint64_t> kibibytesOf(std::string_view text, std::string_view key)
{
    const auto at = text.find(key);
    if (at == std::string_view::npos)
        return {};
    text.remove_prefix(at + key.size());
    text = text.substr(0, text.find('\n'));
    const auto digits = text.find_first_of("0123456789");
    if (digits == std::string_view::npos)
        return {};
    text.remove_prefix(digits);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{})
        return {};
    return value;
}

} // namespace

std::optional<MachineMemory> parseMeminfo(std::string_view text)
{
    const auto total = kibibytesOf(text, "MemTotal:");
    const auto available = kibibytesOf(text, "MemAvailable:");
    if (!total || !available)
        return {};
    constexpr std::uint64_t kKibi = 1024;
    return MachineMemory{.totalBytes = *total * kKibi, .availableBytes = *available * kKibi};
}

std::optional<MachineMemory> machineMemory()
{
    QFile file(u"/proc/meminfo"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = file.readAll();
    return parseMeminfo({text.constData(), static_cast<std::size_t>(text.size())});
}

} // namespace lyceum::ui
