#include "core/base/log.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string>

namespace lyceum::log {
namespace {

std::string time_stamp()
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return {text.data(), length};
}

// One write a line, so that lines of several threads and processes do not mix.
void write_line(std::string_view level, std::string_view message)
{
    std::string line = time_stamp();
    line.append(" ").append(level).append(" ").append(message).append("\n");
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0)
            return; // Nowhere left to report it.
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

void info(std::string_view message)
{
    write_line("info ", message);
}

void warning(std::string_view message)
{
    write_line("warn ", message);
}

void error(std::string_view message)
{
    write_line("error", message);
}

} // namespace lyceum::log
