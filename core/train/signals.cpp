#include "core/train/signals.h"

#include <signal.h>
#include <unistd.h>

#include <csignal>

namespace lyceum::train {

namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t stops = 0;

constexpr int kStoppedBySignal = 130;

// A second stop ends at once; a scheduler's warning, which a stop may follow, counts as none.
void on_signal(int signal)
{
    if (signal != SIGUSR1) {
        if (stops != 0)
            ::_exit(kStoppedBySignal);
        stops = 1;
    }
    received = 1;
}

} // namespace

void install_signal_handlers()
{
    struct sigaction action = {};
    action.sa_handler = on_signal;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGUSR1, &action, nullptr);
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
    stops = 0;
}

} // namespace lyceum::train
