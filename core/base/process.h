#pragma once

/// @file
/// Child processes, and the identity of a process that may outlive us.

#include "core/base/result.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lyceum {

/// A process on this machine, told apart from a later one with the same number by its start time.
struct ProcessId {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0; ///< Field 22 of /proc/PID/stat.
    friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

[[nodiscard]] ProcessId this_process();
[[nodiscard]] bool is_alive(const ProcessId& process); ///< False for a zombie.
[[nodiscard]] std::string host_name();
[[nodiscard]] std::string user_name(); ///< Who runs this process; "user 1000" without a name.

struct SpawnOptions {
    std::vector<std::string> arguments; ///< arguments[0]: a path, or a name to find in $PATH.
    std::vector<std::pair<std::string, std::string>> environment; ///< Added to ours.
    std::filesystem::path output_file; ///< stdout and stderr are appended here; empty: inherited.
    bool own_session = false; ///< setsid and a double fork: it outlives us and our terminal.
};

/// Starts a program.
/// @return NotFound or Io when it could not be executed at all.
[[nodiscard]] Result<ProcessId> spawn(const SpawnOptions& options);

/// Waits for a child of ours (own_session == false). @return its exit status, 128 + signal if
/// killed.
[[nodiscard]] Result<int> wait_for(const ProcessId& process);

/// What a program that ran to its end left behind.
struct CapturedOutput {
    int exit_status = 0;
    std::string standard_output;
    std::string standard_error;
};

/// Runs a program to its end with empty standard input (`output_file` and `own_session` are not
/// used).
/// @return NotFound or Io when it could not be executed; Io when it was killed at the timeout.
[[nodiscard]] Result<CapturedOutput> run_captured(const SpawnOptions& options,
                                                  std::chrono::milliseconds timeout);

} // namespace lyceum
