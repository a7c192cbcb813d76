#include "core/base/process_launch.h"

#include "core/base/check.h"
#include "core/base/system_error.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

extern char** environ;

namespace lyceum::detail {
namespace fs = std::filesystem;
namespace {

// What the child reports through the pipe: first its own number, then, only if exec failed, the
// reason.
struct Report {
    pid_t pid = 0;
    int exec_error = 0;
};

// Everything the child needs, made before the fork: after it only async-signal-safe calls are
// allowed.
struct Image {
    std::string program;
    std::vector<std::string> environment;
    std::vector<char*> argv;
    std::vector<char*> envp;
};

std::vector<char*> pointers_to(std::vector<std::string>& strings)
{
    std::vector<char*> pointers;
    for (std::string& text : strings)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> merged_environment(const SpawnOptions& options)
{
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::string_view name = text.substr(0, text.find('='));
        bool replaced = false;
        for (const auto& [key, value] : options.environment)
            replaced = replaced || key == name;
        if (!replaced)
            merged.emplace_back(text);
    }
    for (const auto& [key, value] : options.environment)
        merged.push_back(key + "=" + value);
    return merged;
}

// A name without a slash is looked for in $PATH, as a shell does. Empty when it is nowhere.
std::string find_program(const std::string& name)
{
    if (name.find('/') != std::string::npos)
        return name;
    const char* path = std::getenv("PATH");
    for (const std::string& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
        std::string candidate = (fs::path{folder.empty() ? "." : folder} / name).string();
        if (::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

void send(int descriptor, const Report& report)
{
    // Less than PIPE_BUF, so it is written whole or not at all; nobody is left to tell of a
    // failure.
    [[maybe_unused]] const ssize_t written = ::write(descriptor, &report, sizeof report);
}

void redirect(int from, int to)
{
    if (from >= 0)
        ::dup2(from, to);
}

[[noreturn]] void execute(const Image& image, const ChildStreams& streams, int report_pipe)
{
    send(report_pipe, {.pid = ::getpid()});
    redirect(streams.input, STDIN_FILENO);
    redirect(streams.output, STDOUT_FILENO);
    redirect(streams.error, STDERR_FILENO);
    // Handlers are reset by exec; an ignored SIGPIPE or SIGINT and the mask would be inherited.
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGHUP, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(image.program.c_str(), image.argv.data(), image.envp.data());
    send(report_pipe, {.pid = ::getpid(), .exec_error = errno});
    ::_exit(127);
}

// setsid and a second fork: the program gets no controlling terminal, and init becomes its parent.
[[noreturn]] void execute_detached(const Image& image, const ChildStreams& streams, int report_pipe)
{
    ::setsid();
    const pid_t child = ::fork();
    if (child == 0)
        execute(image, streams, report_pipe);
    if (child < 0)
        send(report_pipe, {.exec_error = errno});
    ::_exit(0);
}

// Keeps the last of up to two reports. The pipe closes by itself when exec succeeds.
Report receive(int descriptor)
{
    Report last;
    Report next;
    ssize_t count = 0;
    while ((count = ::read(descriptor, &next, sizeof next)) != 0) {
        if (count == static_cast<ssize_t>(sizeof next))
            last = next;
        else if (errno != EINTR)
            break;
    }
    return last;
}

void reap(pid_t child)
{
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
}

} // namespace

Result<ProcessId> launch(const SpawnOptions& options, const ChildStreams& streams)
{
    LYCEUM_CHECK(!options.arguments.empty(), "a program is named");
    std::vector<std::string> arguments = options.arguments;
    Image image{.program = find_program(arguments.front()),
                .environment = merged_environment(options),
                .argv = pointers_to(arguments),
                .envp = {}};
    image.envp = pointers_to(image.environment);
    if (image.program.empty())
        return system_error("Cannot start", arguments.front(), ENOENT);

    std::array<int, 2> pipe{-1, -1};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        return system_error("Cannot start", image.program, errno);
    const pid_t child = ::fork();
    const int fork_error = errno;
    if (child == 0 && options.own_session)
        execute_detached(image, streams, pipe[1]);
    if (child == 0)
        execute(image, streams, pipe[1]);
    ::close(pipe[1]);
    if (child < 0) {
        ::close(pipe[0]);
        return system_error("Cannot start", image.program, fork_error);
    }
    const Report report = receive(pipe[0]);
    ::close(pipe[0]);
    if (options.own_session || report.exec_error != 0)
        reap(child);
    if (report.exec_error != 0 || report.pid == 0)
        return system_error("Cannot start", image.program,
                            report.exec_error != 0 ? report.exec_error : ECHILD);
    return ProcessId{report.pid, start_ticks_of(report.pid)};
}

} // namespace lyceum::detail
