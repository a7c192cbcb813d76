#pragma once

/// @file
/// What may be asked of a run while it goes on.

#include "core/base/result.h"
#include "core/store/run_rows.h"

#include <optional>

namespace lyceum::jobs {

/// Whether an active run could do it, as far as a front end knows.
/// @return InvalidConfig naming the value and what is allowed.
[[nodiscard]] Result<void> check_command(const store::RunRow& run, store::CommandKind kind,
                                         std::optional<double> argument);

} // namespace lyceum::jobs
