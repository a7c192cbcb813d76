#include "core/trackers/jsonl_tracker.h"

#include "core/base/atomic_file.h"
#include "core/formats/json.h"

#include <nlohmann/json.hpp>

namespace lyceum::trackers {

namespace {

using Ordered = nlohmann::ordered_json;

std::string line_of(const Ordered& object)
{
    return object.dump(-1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

/// Opens a file and cuts off what comes after a step.
Result<AppendFile> open_until(const std::filesystem::path& path, const RunStart& start)
{
    LYCEUM_ASSIGN(auto file, AppendFile::open(path));
    std::uint64_t kept = 0;
    if (start.is_resumed) {
        LYCEUM_ASSIGN(const auto text, read_if_there(path));
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', kept)) {
            const auto line =
                formats::parse_json(std::string_view(text).substr(kept, end - kept), path.string());
            if (!line || !line.value().is_object() ||
                formats::JsonObject(line.value(), "").integer_or("step", 0).value() > start.step)
                break;
            kept = end + 1;
        }
    }
    LYCEUM_TRY(file.truncate(kept));
    return file;
}

} // namespace

Result<void> JsonlTracker::start(const RunStart& start)
{
    folder_ = start.folder;
    LYCEUM_ASSIGN(metrics_, open_until(folder_ / "metrics.jsonl", start));
    LYCEUM_ASSIGN(samples_, open_until(folder_ / "samples.jsonl", start));
    LYCEUM_ASSIGN(events_, open_until(folder_ / "events.jsonl", start));
    return {};
}

Result<void> JsonlTracker::log_hyperparams(const Hyperparams& values)
{
    Ordered object = Ordered::object();
    for (const auto& [name, value] : values)
        object[name] = value;
    return write_file_atomically(folder_ / "hparams.json", line_of(object));
}

Result<void> JsonlTracker::log_metrics(const MetricsRecord& record)
{
    Ordered object = {{"step", record.step}, {"time", record.time}};
    for (const auto& [name, value] : record.values)
        object[name] = value;
    return metrics_.append(line_of(object));
}

Result<void> JsonlTracker::log_text(const TextRecord& record)
{
    const bool is_sample = record.kind == TextRecord::Kind::Sample;
    const Ordered object = {{"step", record.step},
                            {"time", record.time},
                            {is_sample ? "prompt" : "kind", record.title},
                            {"text", record.text}};
    return (is_sample ? samples_ : events_).append(line_of(object));
}

} // namespace lyceum::trackers
