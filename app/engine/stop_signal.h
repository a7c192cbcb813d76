#pragma once

/// @file
/// StopSignal: SIGINT and SIGTERM as something a thread can wait for, whichever thread of the
/// process the system hands them to (libraries start threads of their own, which a signal mask does
/// not reach).

namespace lyceum::engine {

/// While it lives, the two signals end nothing by themselves. One at a time.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    /// Returns when a signal has come, or `release` was called.
    void wait();
    void release();
};

} // namespace lyceum::engine
