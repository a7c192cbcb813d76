#pragma once

/// @file
/// Following a run from a terminal until it ends.

#include "app/cli/console.h"
#include "core/jobs/jobs.h"

namespace lyceum::cli {

/// The id of the run's newest event: what came before an attempt is history. 0: none yet.
[[nodiscard]] Result<std::int64_t> last_event(jobs::Jobs& jobs, store::RunId run);

/// Shows the run's events after `after_event` and its progress on standard error until it ends. The
/// first SIGINT or SIGTERM asks it to stop and goes on until it has saved; the second leaves it to
/// itself. The result (the summary) goes to standard output as the last line.
/// @return kDone for a run that finished or was stopped by somebody else, kFailed,
/// kStoppedBySignal.
[[nodiscard]] Result<int> follow(jobs::Jobs& jobs, const store::RunRow& run,
                                 std::int64_t after_event, const Context& context);

/// Asks an active run to stop and follows it until it has saved.
[[nodiscard]] Result<int> stop_and_follow(jobs::Jobs& jobs, const store::RunRow& run,
                                          const Context& context);

/// Says that the run goes on by itself, and how to get back to it.
[[nodiscard]] int leave_running(const store::RunRow& run, const Context& context);

} // namespace lyceum::cli
