#include "core/train/signals.h"

#include <signal.h>
#include <unistd.h>

#include <csignal>

namespace lyceum::train {

namespace {

volatile std::sig_atomic_t received = 0;

constexpr int kStoppedBySignal = 130;

void on_signal(int)
{
    if (received != 0)
        ::_exit(kStoppedBySignal);
    received = 1;
}

} // namespace

void install_signal_handlers()
{
    struct sigaction action = {};
    action.sa_handler = on_signal;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGHUP, &action, nullptr);
    ::sigaction(SIGPIPE, &action, nullptr);
}

bool signal_received() noexcept
{
    return received != 0;
}

void forget_signals() noexcept
{
    received = 0;
}

} // namespace lyceum::train
