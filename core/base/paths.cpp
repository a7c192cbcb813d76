#include "core/base/paths.h"

#include "core/base/system_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace lyceum {
namespace fs = std::filesystem;
namespace {

// Empty when the variable is unset or empty.
fs::path from_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? fs::path{} : fs::path{value};
}

fs::path executable_dir()
{
    std::error_code failure;
    const fs::path executable = fs::read_symlink("/proc/self/exe", failure);
    return failure ? fs::current_path(failure) : executable.parent_path();
}

Error not_writable(const fs::path& directory, int reason)
{
    Error error = system_error("Cannot write in", directory, reason);
    error.code = error.code == ErrorCode::DiskFull ? error.code : ErrorCode::Io;
    error.hint = "Choose another workspace with --workspace DIR, or make this folder writable.";
    return error;
}

} // namespace

fs::path resource_dir()
{
    if (fs::path chosen = from_environment("LYCEUM_RESOURCES"); !chosen.empty())
        return chosen;
    return executable_dir().parent_path() / "share" / "lyceum";
}

fs::path program_path(std::string_view name)
{
    const fs::path chosen = from_environment("LYCEUM_BIN");
    return (chosen.empty() ? executable_dir() : chosen) / name;
}

fs::path default_workspace_dir()
{
    // The XDG specification: a relative path in these variables is to be ignored.
    if (const fs::path data = from_environment("XDG_DATA_HOME"); data.is_absolute())
        return data / "lyceum";
    const fs::path home = from_environment("HOME");
    return (home.empty() ? fs::path{"/tmp"} : home) / ".local" / "share" / "lyceum";
}

Result<void> ensure_writable_dir(const fs::path& directory)
{
    std::error_code failure;
    fs::create_directories(directory, failure);
    if (failure)
        return not_writable(directory, failure.value());
    const fs::path probe = directory / (".write-probe-" + std::to_string(::getpid()));
    const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return not_writable(directory, errno);
    ::close(file);
    ::unlink(probe.c_str());
    return {};
}

Result<std::uint64_t> free_disk_bytes(const fs::path& path)
{
    std::error_code failure;
    fs::path existing = fs::absolute(path, failure);
    while (!fs::exists(existing, failure) && existing.has_relative_path())
        existing = existing.parent_path();
    const fs::space_info space = fs::space(existing, failure);
    if (failure)
        return system_error("Cannot ask for the free space of", existing, failure.value());
    return static_cast<std::uint64_t>(space.available);
}

} // namespace lyceum
