#include "app/engine/stop_signal.h"

#include "core/base/check.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace lyceum::engine {
namespace {

/// Reading end, writing end: a handler may do little more than write.
std::array<int, 2> g_pipe = {-1, -1};

void wake()
{
    const int saved = errno;
    const char byte = 0;
    while (write(g_pipe[1], &byte, 1) < 0 && errno == EINTR) {
    }
    errno = saved;
}

void set_handler(void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

} // namespace

StopSignal::StopSignal()
{
    LYCEUM_CHECK(g_pipe[0] < 0, "one StopSignal at a time");
    LYCEUM_CHECK(pipe2(g_pipe.data(), O_CLOEXEC) == 0, "a pipe can be had");
    set_handler([](int) { wake(); });
}

StopSignal::~StopSignal()
{
    set_handler(SIG_DFL);
    close(g_pipe[0]);
    close(g_pipe[1]);
    g_pipe = {-1, -1};
}

void StopSignal::wait()
{
    char byte = 0;
    while (read(g_pipe[0], &byte, 1) < 0 && errno == EINTR) {
    }
}

void StopSignal::release()
{
    wake();
}

} // namespace lyceum::engine
