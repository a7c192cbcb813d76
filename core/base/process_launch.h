#pragma once

/// @file
/// Inside core/base: fork and exec, shared by spawn and run_captured.

#include "core/base/process.h"

namespace lyceum::detail {

/// Field 22 of /proc/PID/stat; 0 when there is no such process.
[[nodiscard]] std::uint64_t start_ticks_of(pid_t pid);

/// Where the child's standard streams go; -1 leaves ours. The descriptors stay open here.
struct ChildStreams {
    int input = -1;
    int output = -1;
    int error = -1;
};

/// Forks and executes `options.arguments` (its `output_file` is the caller's affair).
/// @return NotFound or Io with the program's name when it could not be executed.
[[nodiscard]] Result<ProcessId> launch(const SpawnOptions& options, const ChildStreams& streams);

} // namespace lyceum::detail
