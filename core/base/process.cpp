#include "core/base/process.h"

#include "core/base/process_launch.h"
#include "core/base/system_error.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace lyceum {
namespace {

// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int value = -1) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const { return value_; }
    void close()
    {
        if (value_ >= 0)
            ::close(std::exchange(value_, -1));
    }

private:
    int value_;
};

struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
};

Result<Pipe> make_pipe(const std::string& program)
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_error("Cannot start", program, errno);
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

int exit_status_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Appends what is there to read; closes the descriptor at the end of the stream.
void drain(Descriptor& stream, std::string& text)
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(stream.get(), buffer.data(), buffer.size());
    if (count > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR)
        stream.close();
}

// Reads both streams until they end. @return false if the deadline came first.
bool read_until_end(Descriptor& output, Descriptor& error, CapturedOutput& captured,
                    std::chrono::steady_clock::time_point deadline)
{
    using std::chrono::milliseconds;
    while (output.get() >= 0 || error.get() >= 0) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        std::array<pollfd, 2> waiting{{{output.get(), POLLIN, 0}, {error.get(), POLLIN, 0}}};
        const auto wait_ms = static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
        if (::poll(waiting.data(), waiting.size(), wait_ms) <= 0)
            continue;
        if (waiting[0].revents != 0)
            drain(output, captured.standard_output);
        if (waiting[1].revents != 0)
            drain(error, captured.standard_error);
    }
    return true;
}

} // namespace

Result<ProcessId> spawn(const SpawnOptions& options)
{
    Descriptor input;
    Descriptor output;
    if (options.own_session)
        input = Descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (!options.output_file.empty()) {
        output = Descriptor{
            ::open(options.output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
        if (output.get() < 0)
            return system_error("Cannot write", options.output_file, errno);
    }
    return detail::launch(options, {input.get(), output.get(), output.get()});
}

Result<int> wait_for(const ProcessId& process)
{
    int status = 0;
    while (::waitpid(process.pid, &status, 0) < 0) {
        if (errno != EINTR)
            return system_error("Cannot wait for process", std::to_string(process.pid), errno);
    }
    return exit_status_of(status);
}

Result<CapturedOutput> run_captured(const SpawnOptions& options, std::chrono::milliseconds timeout)
{
    const std::string& program = options.arguments.front();
    LYCEUM_ASSIGN(Pipe output, make_pipe(program));
    LYCEUM_ASSIGN(Pipe error, make_pipe(program));
    const Descriptor nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    SpawnOptions child_options = options;
    child_options.own_session = false;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    LYCEUM_ASSIGN(const ProcessId child,
                  detail::launch(child_options,
                                 {nothing.get(), output.write_end.get(), error.write_end.get()}));
    output.write_end.close();
    error.write_end.close();

    CapturedOutput captured;
    const bool ended = read_until_end(output.read_end, error.read_end, captured, deadline);
    if (!ended)
        ::kill(child.pid, SIGKILL);
    LYCEUM_ASSIGN(captured.exit_status, wait_for(child));
    if (!ended)
        return Error{ErrorCode::Io,
                     program + " did not finish within " +
                         format_duration(std::chrono::duration<double>(timeout).count()),
                     "Try it by hand in a terminal."};
    return captured;
}

} // namespace lyceum
