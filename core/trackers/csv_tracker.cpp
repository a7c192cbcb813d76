#include "core/trackers/csv_tracker.h"

#include "core/base/atomic_file.h"
#include "core/trackers/csv.h"
#include "core/trackers/numbers.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace lyceum::trackers {

namespace {

using Rows = std::vector<std::vector<std::string>>;

const std::vector<std::string> kFirstColumns = {"step", "time"};
const std::vector<std::string> kSampleColumns = {"step", "time", "prompt", "text"};

std::optional<std::int64_t> step_of(const std::vector<std::string>& row)
{
    std::int64_t step = 0;
    const auto& text = row.front();
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), step);
    const bool is_number = status == std::errc() && end == text.data() + text.size();
    return is_number ? std::optional(step) : std::nullopt;
}

/// The file's header and its rows up to a step; none of a file that is not there.
Result<Rows> rows_until(const std::filesystem::path& path, std::int64_t last_step)
{
    LYCEUM_ASSIGN(const auto text, read_if_there(path));
    auto rows = parse_csv(text);
    if (rows.empty())
        return rows;
    const auto num_columns = rows.front().size();
    rows.erase(std::remove_if(rows.begin() + 1, rows.end(),
                              [&](const auto& row) {
                                  const auto step = step_of(row);
                                  return row.size() != num_columns || !step || *step > last_step;
                              }),
               rows.end());
    return rows;
}

std::string text_of(const Rows& rows)
{
    std::string text;
    for (const auto& row : rows)
        text += csv_line(row);
    return text;
}

} // namespace

Result<void> CsvTracker::rewrite(const Rows& rows)
{
    const auto path = folder_ / "metrics.csv";
    LYCEUM_TRY(write_file_atomically(path, text_of(rows)));
    LYCEUM_ASSIGN(metrics_, AppendFile::open(path));
    columns_ = rows.front();
    row_ = rows.size() > 1 ? rows.back() : std::vector<std::string>();
    row_offset_ = metrics_.size() - (row_.empty() ? 0 : csv_line(row_).size());
    return {};
}

Result<void> CsvTracker::start(const RunStart& start)
{
    folder_ = start.folder;
    Rows metrics;
    Rows samples;
    if (start.is_resumed) {
        LYCEUM_ASSIGN(metrics, rows_until(folder_ / "metrics.csv", start.step));
        LYCEUM_ASSIGN(samples, rows_until(folder_ / "samples.csv", start.step));
    }
    if (metrics.empty() || metrics.front().size() < kFirstColumns.size())
        metrics = {kFirstColumns};
    if (samples.empty() || samples.front() != kSampleColumns)
        samples = {kSampleColumns};
    // The file opened first makes the folder.
    LYCEUM_ASSIGN(metrics_, AppendFile::open(folder_ / "metrics.csv"));
    LYCEUM_TRY(rewrite(metrics));
    LYCEUM_TRY(write_file_atomically(folder_ / "samples.csv", text_of(samples)));
    LYCEUM_ASSIGN(samples_, AppendFile::open(folder_ / "samples.csv"));
    return {};
}

Result<void> CsvTracker::add_columns(const MetricsRecord& record)
{
    auto columns = columns_;
    for (const auto& [name, value] : record.values)
        if (std::ranges::find(columns, name) == columns.end())
            columns.push_back(name);
    if (columns.size() == columns_.size())
        return {};
    LYCEUM_ASSIGN(const auto text, read_if_there(folder_ / "metrics.csv"));
    auto rows = parse_csv(text);
    if (rows.empty())
        rows.push_back(columns);
    rows.front() = columns;
    for (auto& row : rows)
        row.resize(columns.size());
    return rewrite(rows);
}

Result<void> CsvTracker::log_metrics(const MetricsRecord& record)
{
    LYCEUM_TRY(add_columns(record));
    const auto step = std::to_string(record.step);
    const bool joins = !row_.empty() && row_.front() == step;
    auto row = joins ? row_ : std::vector<std::string>(columns_.size());
    row[0] = step;
    row[1] = number_text(record.time);
    for (const auto& [name, value] : record.values) {
        const auto column = std::ranges::find(columns_, name) - columns_.begin();
        row[static_cast<std::size_t>(column)] = number_text(value);
    }
    if (joins)
        LYCEUM_TRY(metrics_.truncate(row_offset_));
    const auto offset = metrics_.size();
    LYCEUM_TRY(metrics_.append(csv_line(row)));
    row_ = std::move(row);
    row_offset_ = offset;
    return {};
}

Result<void> CsvTracker::log_text(const TextRecord& record)
{
    if (record.kind != TextRecord::Kind::Sample)
        return {};
    return samples_.append(csv_line(
        {std::to_string(record.step), number_text(record.time), record.title, record.text}));
}

} // namespace lyceum::trackers
