#pragma once

/// @file
/// SIGTERM and SIGINT ask a run to save and stop; a second one of either ends the process at once.
/// So does SIGUSR1, which SLURM sends some time before the end (`--signal=USR1@90`); the SIGTERM
/// that follows it lets the saving go on.

namespace lyceum::train {

/// Takes these signals over for the rest of the process; SIGHUP is ignored, so that a run outlives
/// its terminal.
void install_signal_handlers();
[[nodiscard]] bool signal_received() noexcept;
/// For tests: as if none had come.
void forget_signals() noexcept;

} // namespace lyceum::train
