#include "app/cli/signals.h"

#include <csignal>

namespace lyceum::cli {
namespace {

volatile std::sig_atomic_t signal_count = 0;

void count_signal(int)
{
    signal_count = signal_count + 1;
}

} // namespace

StopSignals::StopSignals()
{
    signal_count = 0;
    old_interrupt_ = std::signal(SIGINT, count_signal);
    old_terminate_ = std::signal(SIGTERM, count_signal);
}

StopSignals::~StopSignals()
{
    std::signal(SIGINT, old_interrupt_);
    std::signal(SIGTERM, old_terminate_);
}

int StopSignals::count() const
{
    return signal_count;
}

} // namespace lyceum::cli
