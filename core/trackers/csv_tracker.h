#pragma once

#include "core/trackers/append_file.h"
#include "core/trackers/tracker.h"

#include <filesystem>
#include <string>
#include <vector>

namespace lyceum::trackers {

/// metrics.csv: a row a step, `step,time` and a column a metric, as `pandas.read_csv` and
/// spreadsheets want it; an empty cell where a metric was not measured. A metric that appears later
/// gets a column at the right. samples.csv: `step,time,prompt,text`.
class CsvTracker final : public Tracker {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "csv"; }
    Result<void> start(const RunStart& start) override;
    Result<void> log_metrics(const MetricsRecord& record) override;
    Result<void> log_text(const TextRecord& record) override;

private:
    Result<void> add_columns(const MetricsRecord& record);
    Result<void> rewrite(const std::vector<std::vector<std::string>>& rows);

    std::filesystem::path folder_;
    AppendFile metrics_;
    AppendFile samples_;
    std::vector<std::string> columns_;
    std::vector<std::string> row_; ///< The last row, which more metrics of its step may join.
    std::uint64_t row_offset_ = 0; ///< Where it begins.
};

} // namespace lyceum::trackers
