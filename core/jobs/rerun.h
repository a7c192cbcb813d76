#pragma once

/// @file
/// A run again, with the same settings, and whether it went the same way.

#include "core/jobs/compare_runs.h"
#include "core/jobs/jobs.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::jobs {

/// Starts the settings of a run under a free name ("tutor-again"). @return as Jobs::start.
[[nodiscard]] Result<store::RunRow> start_again(Jobs& jobs, std::string_view run);

struct RerunReport {
    std::string original;
    std::string repeated;
    std::int64_t num_steps = 0;             ///< That both have.
    Comparison curves;                      ///< Of those steps.
    std::vector<std::string> circumstances; ///< What else was different, a sentence each.

    [[nodiscard]] bool is_same() const { return curves.is_same(); }
};
/// Compares the curves, bit for bit, and what environment.json says of both: program, machine,
/// threads, data, model. A learning rate or last step that people changed is named too.
[[nodiscard]] Result<RerunReport>
compare_rerun(store::RunStore& store, const store::RunRow& original, const store::RunRow& repeated);
/// {"run","original","same","steps","points","first_difference","circumstances"}
[[nodiscard]] nlohmann::json to_json(const RerunReport& report);
[[nodiscard]] std::string to_text(const RerunReport& report);

} // namespace lyceum::jobs
