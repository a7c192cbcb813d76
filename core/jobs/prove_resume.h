#pragma once

/// @file
/// The proof that resuming is exact: a run that was never interrupted against the same run killed
/// and resumed.

#include "core/base/result.h"
#include "core/config/run_config.h"
#include "core/jobs/compare_runs.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace lyceum::jobs {

inline constexpr std::int64_t kFewestProofSteps = 6;

struct ProofOptions {
    std::int64_t num_steps = 20;       ///< At least kFewestProofSteps.
    std::optional<std::uint64_t> seed; ///< Of the step to kill at; empty: another each time.
    /// Called about ten times a second with what is being done; false cancels.
    std::function<bool(const std::string& what)> on_progress = {};
};

struct ProofReport {
    std::int64_t num_steps = 0;
    std::int64_t killed_after_step = 0;
    std::int64_t resumed_from_step = 0;
    Comparison state;  ///< Weights, optimizer, position in the data, random state, callbacks.
    Comparison curves; ///< Of all steps.

    [[nodiscard]] bool is_exact() const { return state.is_same() && curves.is_same(); }
};
/// {"exact","steps","killed_after_step","resumed_from_step","tensors","bytes","points",
/// "first_difference"}
[[nodiscard]] nlohmann::json to_json(const ProofReport& report);
/// The same as a sentence or two.
[[nodiscard]] std::string to_text(const ProofReport& report);

/// Trains `num_steps` steps; then again, with the process killed (SIGKILL) at a random step after a
/// checkpoint, and resumed; then compares. Saves every third of the way and writes no samples; the
/// other settings stay. Both runs live in a temporary folder of the workspace that is gone at the
/// end. @return Cancelled; what Jobs::start says; Io when a run failed.
[[nodiscard]] Result<ProofReport> prove_resume(const std::filesystem::path& workspace,
                                               config::RunConfig config,
                                               const ProofOptions& options);

} // namespace lyceum::jobs
