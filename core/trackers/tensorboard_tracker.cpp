#include "core/trackers/tensorboard_tracker.h"

#include "core/base/process.h"
#include "core/formats/protobuf.h"
#include "core/trackers/numbers.h"
#include "core/trackers/tensorboard_records.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace lyceum::trackers {

namespace fs = std::filesystem;
using formats::ProtoWriter;

namespace {

constexpr std::string_view kFilePrefix = "events.out.tfevents.";
constexpr std::string_view kHparamsStart = "_hparams_/session_start_info";
constexpr std::string_view kHparamsEnd = "_hparams_/session_end_info";

// event.proto
constexpr std::uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
// summary.proto: Summary.value, and the fields of a value
constexpr std::uint32_t kValue = 1;
constexpr std::uint32_t kTag = 1, kSimpleValue = 2, kHisto = 5, kTensor = 8, kMetadata = 9;

ProtoWriter event_at(double time, std::int64_t step)
{
    ProtoWriter event;
    event.real(kWallTime, time).integer(kStep, static_cast<std::uint64_t>(step));
    return event;
}

/// SummaryMetadata with plugin_data{plugin_name, content}.
ProtoWriter metadata(std::string_view plugin, std::string_view content)
{
    return ProtoWriter().message(1, ProtoWriter().bytes(1, plugin).bytes(2, content));
}

ProtoWriter text_value(std::string_view tag, std::string_view text)
{
    constexpr std::uint64_t kString = 7; // DataType.DT_STRING; the shape is empty: a scalar
    return ProtoWriter()
        .bytes(kTag, tag)
        .message(kMetadata, metadata("text", ""))
        .message(kTensor, ProtoWriter().integer(1, kString).message(2, {}).bytes(8, text));
}

/// google.protobuf.Value
ProtoWriter hparam_value(const std::string& text)
{
    if (text == "true" || text == "false")
        return ProtoWriter().integer(4, text == "true" ? 1 : 0);
    double number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status == std::errc() && end == text.data() + text.size() && std::isfinite(number))
        return ProtoWriter().real(2, number);
    return ProtoWriter().bytes(3, text);
}

/// Where the file's records of up to `last_step` end. Steps rise within a file; what says that a
/// session ended belongs to the end.
std::uint64_t size_until(std::string_view bytes, std::int64_t last_step)
{
    std::uint64_t size = 0;
    while (const auto record = first_tensorboard_record(bytes.substr(size))) {
        const auto step = formats::find_proto_field(*record, kStep);
        const bool is_later = step && static_cast<std::int64_t>(step->integer) > last_step;
        if (is_later || record->find(kHparamsEnd) != std::string_view::npos)
            break;
        size += record->size() + kTensorBoardFraming;
    }
    return size;
}

Result<void> cut_old_files(const RunStart& start)
{
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(start.folder, status)) {
        if (!entry.path().filename().string().starts_with(kFilePrefix))
            continue;
        if (!start.is_resumed) {
            fs::remove(entry.path(), status);
            continue;
        }
        LYCEUM_ASSIGN(const auto bytes, read_if_there(entry.path()));
        const auto size = size_until(bytes, start.step);
        LYCEUM_ASSIGN(auto file, AppendFile::open(entry.path()));
        if (size < bytes.size())
            LYCEUM_TRY(file.truncate(size));
    }
    return {};
}

/// A tag made of a prompt: one line, not too long for a side bar.
std::string tag_of(const TextRecord& record)
{
    constexpr std::size_t kLongest = 80;
    auto title = record.title.substr(0, kLongest);
    while (title.size() < record.title.size() && !title.empty() &&
           (static_cast<unsigned char>(record.title[title.size()]) & 0xC0U) == 0x80U)
        title.pop_back(); // never half a character
    std::ranges::replace(title, '\n', ' ');
    std::ranges::replace(title, '/', ' ');
    return (record.kind == TextRecord::Kind::Sample ? "samples/" : "events/") + title;
}

} // namespace

Result<void> TensorBoardTracker::start(const RunStart& start)
{
    run_ = start.run;
    start_time_ = start.time;
    LYCEUM_TRY(cut_old_files(start));
    const auto seconds = std::to_string(static_cast<std::int64_t>(start.time));
    // The number at the end keeps attempts of one second apart, and sorts after the older ones.
    for (int number = 0; number < 1000; ++number) {
        const auto path =
            start.folder / (std::string(kFilePrefix) + seconds + "." + host_name() + "." +
                            std::to_string(this_process().pid) + "." + std::to_string(number));
        LYCEUM_ASSIGN(file_, AppendFile::open(path));
        if (file_.size() == 0)
            break;
    }
    const auto version =
        ProtoWriter().real(kWallTime, start.time).bytes(kFileVersion, "brain.Event:2");
    // Tells a TensorBoard that has read the old end already to forget it.
    auto session = event_at(start.time, start.step + 1);
    session.message(kSessionLog, ProtoWriter().integer(1, 1)); // START
    return file_.append(tensorboard_record(version.text()) +
                        (start.is_resumed ? tensorboard_record(session.text()) : ""));
}

Result<void> TensorBoardTracker::append_summary(double time, std::int64_t step,
                                                const ProtoWriter& summary)
{
    auto event = event_at(time, step);
    event.message(kSummary, summary);
    return file_.append(tensorboard_record(event.text()));
}

Result<void> TensorBoardTracker::append_hparams(double time, std::string_view tag,
                                                const ProtoWriter& content)
{
    constexpr std::uint64_t kFloat = 1; // DataType.DT_FLOAT
    const auto none = ProtoWriter().integer(1, kFloat).message(
        2, ProtoWriter().message(2, ProtoWriter().integer(1, 0)));
    const auto value = ProtoWriter()
                           .bytes(kTag, tag)
                           .message(kMetadata, metadata("hparams", content.text()))
                           .message(kTensor, none);
    return append_summary(time, 0, ProtoWriter().message(kValue, value));
}

Result<void> TensorBoardTracker::log_hyperparams(const Hyperparams& values)
{
    ProtoWriter session;
    for (const auto& [name, value] : values)
        session.message(1, ProtoWriter().bytes(1, name).message(2, hparam_value(value)));
    session.bytes(4, run_).real(5, start_time_);
    return append_hparams(start_time_, kHparamsStart, ProtoWriter().message(3, session));
}

Result<void> TensorBoardTracker::log_metrics(const MetricsRecord& record)
{
    ProtoWriter summary;
    for (const auto& [name, value] : record.values)
        summary.message(
            kValue,
            ProtoWriter().bytes(kTag, name).real32(kSimpleValue, static_cast<float>(value)));
    return append_summary(record.time, record.step, summary);
}

Result<void> TensorBoardTracker::log_text(const TextRecord& record)
{
    const bool is_sample = record.kind == TextRecord::Kind::Sample;
    const auto text = is_sample ? "**" + record.title + "**\n\n" + record.text : record.text;
    return append_summary(record.time, record.step,
                          ProtoWriter().message(kValue, text_value(tag_of(record), text)));
}

Result<void> TensorBoardTracker::log_histogram(const Histogram& record)
{
    const auto packed = [](const std::vector<double>& values) {
        std::string bytes;
        for (const double value : values)
            formats::append_number(bytes, value);
        return bytes;
    };
    double num = 0;
    for (const double count : record.counts)
        num += count;
    const auto histo = ProtoWriter()
                           .real(1, record.minimum)
                           .real(2, record.maximum)
                           .real(3, num)
                           .real(4, record.sum)
                           .real(5, record.sum_squares)
                           .bytes(6, packed(record.limits))
                           .bytes(7, packed(record.counts));
    return append_summary(
        record.time, record.step,
        ProtoWriter().message(kValue,
                              ProtoWriter().bytes(kTag, record.name).message(kHisto, histo)));
}

Result<void> TensorBoardTracker::finalize(RunEnd end)
{
    constexpr std::uint64_t kSuccess = 1, kFailure = 2;
    const auto status = end == RunEnd::Failed ? kFailure : kSuccess;
    const auto now = now_seconds();
    const auto session = ProtoWriter().integer(1, status).real(2, now);
    return append_hparams(now, kHparamsEnd, ProtoWriter().message(4, session));
}

} // namespace lyceum::trackers
