#pragma once

namespace lyceum::cli {

/// While it lives, SIGINT and SIGTERM are counted instead of ending the process. One at a time.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    [[nodiscard]] int count() const;

private:
    void (*old_interrupt_)(int);
    void (*old_terminate_)(int);
};

} // namespace lyceum::cli
