#pragma once

/// @file
/// SIGTERM and SIGINT ask a run to save and stop. A second one of either ends the process at once.

namespace lyceum::train {

/// Takes both signals over for the rest of the process; SIGHUP is ignored, so that a run outlives
/// its terminal.
void install_signal_handlers();
[[nodiscard]] bool signal_received() noexcept;
/// For tests: as if none had come.
void forget_signals() noexcept;

} // namespace lyceum::train
