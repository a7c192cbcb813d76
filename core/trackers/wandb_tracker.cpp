#include "core/trackers/wandb_tracker.h"

#include "core/base/process.h"
#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/formats/protobuf.h"
#include "core/trackers/numbers.h"
#include "core/trackers/wandb_records.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

namespace lyceum::trackers {

namespace fs = std::filesystem;
using formats::ProtoWriter;

namespace {

// Record
constexpr std::uint32_t kNum = 1, kHistory = 2, kSummary = 3, kRun = 17, kExit = 18, kHeader = 21;
// HistoryItem, SummaryItem, ConfigItem
constexpr std::uint32_t kKey = 1, kNestedKey = 2, kValueJson = 16;
constexpr const char* kOldestReader = "0.70.0";

std::string json_of(double value)
{
    if (std::isfinite(value))
        return number_text(value);
    return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"; // as Python's json
}

std::string json_of_setting(const std::string& text)
{
    double number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = status == std::errc() && end == text.data() + text.size();
    if ((is_number && std::isfinite(number)) || text == "true" || text == "false")
        return is_number ? number_text(number) : text;
    return formats::dump_json(text);
}

std::string utc_stamp(double time)
{
    const auto seconds = static_cast<std::time_t>(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%d_%H%M%S", &utc)};
}

/// google.protobuf.Timestamp
ProtoWriter timestamp(double time)
{
    return ProtoWriter().integer(1, static_cast<std::uint64_t>(time));
}

/// The run's file, where an earlier attempt left one.
fs::path find_file(const fs::path& folder)
{
    std::error_code status;
    for (const auto& run : fs::directory_iterator(folder / "wandb", status))
        for (const auto& file : fs::directory_iterator(run.path(), status))
            if (file.path().extension() == ".wandb")
                return file.path();
    return {};
}

bool belongs_to(std::string_view record, std::int64_t last_step)
{
    if (formats::find_proto_field(record, kExit) || formats::find_proto_field(record, kSummary))
        return false; // of an attempt that ended
    const auto history = formats::find_proto_field(record, kHistory);
    if (!history)
        return true;
    const auto step = formats::find_proto_field(history->bytes, 2);
    const auto num = step ? formats::find_proto_field(step->bytes, 1) : std::nullopt;
    return !num || static_cast<std::int64_t>(num->integer) <= last_step;
}

} // namespace

Result<void> WandbTracker::start(const RunStart& start)
{
    run_ = start.run;
    start_time_ = start.time;
    row_.clear();
    row_step_ = -1;
    num_records_ = 0;
    has_run_record_ = false;
    const auto old = find_file(start.folder);
    if (old.empty())
        return begin(start);
    id_ = old.stem().string();
    id_ = id_.substr(id_.find('-') + 1);
    LYCEUM_ASSIGN(file_, AppendFile::open(old));
    LYCEUM_ASSIGN(const auto bytes, read_if_there(old));
    std::error_code status;
    fs::remove(fs::path(old.string() + ".synced"), status); // what was sent has no longer all of it
    return go_on(start, start.is_resumed ? std::string_view(bytes) : std::string_view());
}

Result<void> WandbTracker::begin(const RunStart& start)
{
    id_ = sha256_hex(start.folder.string() + number_text(start.time)).substr(0, 8);
    const auto folder =
        start.folder / "wandb" / ("offline-run-" + utc_stamp(start.time) + "-" + id_);
    LYCEUM_ASSIGN(file_, AppendFile::open(folder / ("run-" + id_ + ".wandb")));
    return go_on(start, {});
}

Result<void> WandbTracker::go_on(const RunStart& start, std::string_view bytes)
{
    std::uint64_t size = 0;
    for (const auto& record : read_wandb_records(bytes)) {
        if (!belongs_to(record.data, start.step))
            break;
        size = record.end;
        ++num_records_;
        if (const auto run = formats::find_proto_field(record.data, kRun)) {
            has_run_record_ = true;
            if (const auto time = formats::find_proto_field(run->bytes, 17))
                if (const auto seconds = formats::find_proto_field(time->bytes, 1))
                    start_time_ = static_cast<double>(seconds->integer);
        }
    }
    LYCEUM_TRY(file_.truncate(size));
    if (size > 0)
        return {};
    num_records_ = 0;
    has_run_record_ = false;
    LYCEUM_TRY(file_.append(wandb_file_header()));
    const auto versions = ProtoWriter().bytes(1, "lyceum").bytes(2, kOldestReader);
    return append(ProtoWriter().message(kHeader, ProtoWriter().message(1, versions)));
}

Result<void> WandbTracker::append(const ProtoWriter& record)
{
    auto numbered = ProtoWriter().integer(kNum, num_records_ + 1).text() + record.text();
    LYCEUM_TRY(file_.append(wandb_frame(numbered, file_.size())));
    ++num_records_;
    return {};
}

Result<void> WandbTracker::log_hyperparams(const Hyperparams& values)
{
    if (has_run_record_)
        return {}; // a resumed run has the settings it was started with
    ProtoWriter config;
    for (const auto& [name, value] : values)
        config.message(1,
                       ProtoWriter().bytes(kKey, name).bytes(kValueJson, json_of_setting(value)));
    ProtoWriter run;
    run.bytes(1, id_);
    if (!options_.entity.empty())
        run.bytes(2, options_.entity);
    run.bytes(3, options_.project).message(4, config).bytes(8, run_).bytes(13, host_name());
    run.message(17, timestamp(start_time_));
    LYCEUM_TRY(append(ProtoWriter().message(kRun, run)));
    has_run_record_ = true;
    return {};
}

Result<void> WandbTracker::add_to_row(std::int64_t step, double time, const Row& values)
{
    const bool joins = step == row_step_;
    Row row = joins ? row_ : Row();
    for (const auto& [name, value] : values)
        row[name] = value;
    row["_step"] = std::to_string(step);
    row["_timestamp"] = number_text(time);
    row["_runtime"] = number_text(std::max(0.0, time - start_time_));
    ProtoWriter history;
    for (const auto& [name, value] : row)
        history.message(1, ProtoWriter().bytes(kNestedKey, name).bytes(kValueJson, value));
    history.message(2, ProtoWriter().integer(1, static_cast<std::uint64_t>(step)));
    if (joins) { // W&B keeps one row a step: this one is written again, longer
        LYCEUM_TRY(file_.truncate(row_offset_));
        num_records_ = row_num_;
    }
    const auto offset = file_.size();
    const auto num = num_records_;
    LYCEUM_TRY(append(ProtoWriter().message(kHistory, history)));
    row_ = std::move(row);
    row_step_ = step;
    row_offset_ = offset;
    row_num_ = num;
    for (const auto& [name, value] : row_)
        latest_[name] = value;
    return {};
}

Result<void> WandbTracker::log_metrics(const MetricsRecord& record)
{
    Row values;
    for (const auto& [name, value] : record.values)
        values[name] = json_of(value);
    return add_to_row(record.step, record.time, values);
}

Result<void> WandbTracker::log_text(const TextRecord& record)
{
    if (record.kind != TextRecord::Kind::Sample)
        return {};
    return add_to_row(record.step, record.time,
                      {{"samples/" + record.title, formats::dump_json(record.text)}});
}

Result<void> WandbTracker::finalize(RunEnd end)
{
    ProtoWriter summary;
    for (const auto& [name, value] : latest_)
        summary.message(1, ProtoWriter().bytes(kKey, name).bytes(kValueJson, value));
    LYCEUM_TRY(append(ProtoWriter().message(kSummary, summary)));
    row_step_ = -1; // what follows is no row to join
    const std::uint64_t exit_code = end == RunEnd::Failed ? 1 : 0;
    return append(ProtoWriter().message(
        kExit, ProtoWriter()
                   .integer(1, exit_code)
                   .integer(2, static_cast<std::uint64_t>(now_seconds() - start_time_))));
}

} // namespace lyceum::trackers
