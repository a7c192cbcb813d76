#pragma once

/// @file
/// The verbs: each runs one command of the command line and returns the exit status, or an error
/// that main reports.

#include "app/cli/command_line.h"
#include "app/cli/console.h"

namespace lyceum::cli {

[[nodiscard]] Result<int> run(const Help& command, const Context& context);
[[nodiscard]] Result<int> run(const Doctor& command, const Context& context);
[[nodiscard]] Result<int> run(const ModelsList& command, const Context& context);
[[nodiscard]] Result<int> run(const ModelsInspect& command, const Context& context);
[[nodiscard]] Result<int> run(const ModelsAdd& command, const Context& context);
[[nodiscard]] Result<int> run(const ModelsRemove& command, const Context& context);
[[nodiscard]] Result<int> run(const Tokenize& command, const Context& context);
[[nodiscard]] Result<int> run(const TokenizerTrain& command, const Context& context);
[[nodiscard]] Result<int> run(const Train& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsList& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsShow& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsStop& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsAsk& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsProveResume& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsRerun& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsResume& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsMetrics& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsLog& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsPush& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsExportTracker& command, const Context& context);
[[nodiscard]] Result<int> run(const RunsDelete& command, const Context& context);

} // namespace lyceum::cli
