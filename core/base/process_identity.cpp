#include "core/base/process_launch.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace lyceum {
namespace {

struct ProcessState {
    char state = 'X';
    std::uint64_t start_ticks = 0;
};

// Reads fields 3 and 22 of /proc/PID/stat. Field 2, the name, may itself hold spaces and brackets:
// count from its end.
std::optional<ProcessState> read_state(pid_t pid)
{
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    const std::string stat{std::istreambuf_iterator<char>{file}, {}};
    std::size_t position = stat.rfind(')');
    if (position == std::string::npos || position + 2 >= stat.size())
        return std::nullopt;
    position += 2;
    ProcessState state{.state = stat[position]};
    for (int field = 3; field < 22; ++field) {
        position = stat.find(' ', position);
        if (position == std::string::npos)
            return std::nullopt;
        ++position;
    }
    const char* const end = stat.data() + stat.size();
    if (std::from_chars(stat.data() + position, end, state.start_ticks).ec != std::errc{})
        return std::nullopt;
    return state;
}

} // namespace

namespace detail {

std::uint64_t start_ticks_of(pid_t pid)
{
    const std::optional<ProcessState> state = read_state(pid);
    return state ? state->start_ticks : 0;
}

} // namespace detail

ProcessId this_process()
{
    return {::getpid(), detail::start_ticks_of(::getpid())};
}

bool is_alive(const ProcessId& process)
{
    if (process.pid <= 0)
        return false;
    const std::optional<ProcessState> state = read_state(process.pid);
    return state && state->start_ticks == process.start_ticks && state->state != 'Z' &&
           state->state != 'X';
}

std::string host_name()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0)
        return "localhost";
    return name.data();
}

std::string user_name()
{
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
        found != nullptr && found->pw_name != nullptr && found->pw_name[0] != '\0')
        return found->pw_name;
    return "user " + std::to_string(::getuid());
}

} // namespace lyceum
