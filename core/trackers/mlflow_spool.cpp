#include "core/trackers/mlflow_spool.h"

#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/trackers/numbers.h"

#include <algorithm>

namespace lyceum::trackers {

using nlohmann::json;

namespace {

constexpr std::size_t kMostMetrics = 1000; // of one request: mlflow/utils/validation.py
constexpr std::size_t kMostBytes = 512 * 1024;

std::string text_of(const json& object, const char* key)
{
    return object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                           : std::string();
}

/// Adds a line's metrics to a request's.
void add_metrics(const json& line, json& metrics)
{
    for (const auto& [name, value] : line["metrics"].items())
        metrics.push_back(
            {{"key", name}, {"value", value}, {"timestamp", line["time"]}, {"step", line["step"]}});
}

json params_of(const json& line)
{
    json params = json::array();
    for (const auto& [name, value] : line["params"].items())
        params.push_back({{"key", name}, {"value", value}});
    return {{"params", std::move(params)}};
}

bool has_metrics(const json& line)
{
    return line.is_object() && line.contains("metrics") && line["metrics"].is_object() &&
           line.contains("step") && line.contains("time");
}

} // namespace

Result<void> MlflowSpool::open(const std::filesystem::path& folder)
{
    folder_ = folder;
    const auto path = folder / "spool.jsonl";
    LYCEUM_ASSIGN(auto file, AppendFile::open(path));
    LYCEUM_ASSIGN(const auto text, read_if_there(path));
    num_lines_ = num_pushed_ = 0;
    LYCEUM_TRY(read_state());
    std::uint64_t kept = 0;
    bool is_whole_line = pushed_bytes_ == 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', kept)) {
        if (const auto line =
                formats::parse_json(std::string_view(text).substr(kept, end - kept), path.string());
            line && line.value().is_object())
            note(line.value());
        kept = end + 1;
        num_pushed_ += kept <= pushed_bytes_ ? 1 : 0;
        is_whole_line = is_whole_line || kept == pushed_bytes_;
    }
    LYCEUM_TRY(file.truncate(kept));
    if (!is_whole_line) // no place of ours: the server knows what it gets twice
        pushed_bytes_ = num_pushed_ = 0;
    file_ = std::move(file);
    return {};
}

void MlflowSpool::note(const json& line)
{
    ++num_lines_;
    has_params_ = has_params_ || line.contains("params");
    if (line.contains("status"))
        last_status_ = text_of(line, "status");
    if (!line.contains("step") || !line["step"].is_number_integer())
        return;
    const auto step = line["step"].get<std::int64_t>();
    const auto raise = [&](const std::string& name) {
        auto& last = last_steps_.emplace(name, step).first->second;
        last = std::max(last, step);
    };
    if (has_metrics(line))
        for (const auto& [name, value] : line["metrics"].items())
            raise(name);
    if (line.contains("file"))
        raise(text_of(line, "file"));
}

bool MlflowSpool::has(const std::string& name, std::int64_t step) const
{
    const auto found = last_steps_.find(name);
    return found != last_steps_.end() && step <= found->second;
}

Result<void> MlflowSpool::append(const json& line)
{
    LYCEUM_TRY(file_.append(formats::dump_json(line) + "\n"));
    note(line);
    return {};
}

Result<MlflowSpool::Batch> MlflowSpool::next() const
{
    LYCEUM_ASSIGN(const auto text, file_.read(pushed_bytes_, kMostBytes));
    Batch batch{.body = {}, .is_batch = false, .end = pushed_bytes_, .num_lines = 0};
    json metrics = json::array();
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        LYCEUM_ASSIGN(auto line,
                      formats::parse_json(std::string_view(text).substr(begin, end - begin),
                                          (folder_ / "spool.jsonl").string()));
        if (!line.is_object())
            break;
        const bool joins =
            has_metrics(line) && metrics.size() + line["metrics"].size() <= kMostMetrics;
        if (!joins && batch.num_lines > 0)
            break;
        begin = end + 1;
        batch.end = pushed_bytes_ + begin;
        ++batch.num_lines;
        if (joins) {
            add_metrics(line, metrics);
            continue;
        }
        batch.is_batch = line.contains("params");
        batch.body = batch.is_batch ? params_of(line) : std::move(line);
        return batch;
    }
    if (batch.num_lines == 0)
        return Error{ErrorCode::InvalidData,
                     "The file " + (folder_ / "spool.jsonl").string() + " is damaged.",
                     "Send the run anew: lyceum runs export-tracker RUN --to mlflow"};
    batch.is_batch = true;
    batch.body = {{"metrics", std::move(metrics)}};
    return batch;
}

Result<void> MlflowSpool::mark_pushed(const Batch& batch)
{
    pushed_bytes_ = batch.end;
    num_pushed_ += batch.num_lines;
    return write_state();
}

Result<void> MlflowSpool::use_server(const std::string& origin, const std::string& experiment)
{
    if (origin_ == origin && experiment_ == experiment)
        return {};
    origin_ = origin;
    experiment_ = experiment;
    run_ = {};
    pushed_bytes_ = num_pushed_ = 0;
    return write_state();
}

Result<void> MlflowSpool::set_run(const MlflowRun& run)
{
    run_ = run;
    return write_state();
}

Result<void> MlflowSpool::read_state()
{
    const auto path = folder_ / "state.json";
    LYCEUM_ASSIGN(const auto text, read_if_there(path));
    const auto parsed = formats::parse_json(text, path.string());
    const json state = parsed && parsed.value().is_object() ? parsed.value() : json::object();
    uid_ = text_of(state, "uid");
    origin_ = text_of(state, "server");
    experiment_ = text_of(state, "experiment");
    run_ = {text_of(state, "experiment_id"), text_of(state, "run_id"),
            text_of(state, "artifact_uri")};
    const bool has_offset = state.contains("pushed") && state["pushed"].is_number_unsigned();
    pushed_bytes_ = has_offset ? state["pushed"].get<std::uint64_t>() : 0;
    if (!uid_.empty())
        return {};
    const auto seed = folder_.string() + host_name() + std::to_string(this_process().pid) +
                      number_text(now_seconds());
    uid_ = sha256_hex(seed).substr(0, 32);
    return write_state();
}

Result<void> MlflowSpool::write_state() const
{
    const json state = {{"uid", uid_},
                        {"server", origin_},
                        {"experiment", experiment_},
                        {"experiment_id", run_.experiment_id},
                        {"run_id", run_.run_id},
                        {"artifact_uri", run_.artifact_uri},
                        {"pushed", pushed_bytes_}};
    return write_file_atomically(folder_ / "state.json", formats::dump_json(state, 2) + "\n");
}

} // namespace lyceum::trackers
