#include "core/trackers/status.h"

#include "core/base/atomic_file.h"
#include "core/formats/json.h"

namespace lyceum::trackers {

namespace fs = std::filesystem;
using formats::Json;

Result<void> write_statuses(const fs::path& folder, const std::vector<LaneStatus>& statuses)
{
    Json list = Json::array();
    for (const auto& status : statuses)
        list.push_back({{"name", status.name},
                        {"state", status.state},
                        {"written", status.num_written},
                        {"dropped", status.num_dropped},
                        {"waiting", status.num_waiting},
                        {"message", status.message}});
    std::error_code failure;
    fs::create_directories(folder, failure);
    return write_file_atomically(folder / "status.json",
                                 formats::dump_json({{"trackers", std::move(list)}}, 2) + "\n");
}

Result<std::vector<LaneStatus>> read_statuses(const fs::path& folder)
{
    std::vector<LaneStatus> statuses;
    const auto path = folder / "status.json";
    std::error_code failure;
    if (!fs::exists(path, failure))
        return statuses;
    LYCEUM_ASSIGN(const Json file, formats::read_json_file(path, std::size_t{1} << 20));
    const bool has_list =
        file.is_object() && file.contains("trackers") && file["trackers"].is_array();
    if (!has_list)
        return Error{ErrorCode::InvalidData, "The file " + path.string() + " lists no trackers.",
                     "Remove it; it is only a report."};
    for (const Json& item : file["trackers"]) {
        if (!item.is_object())
            continue;
        const auto source = path.string();
        const formats::JsonObject object(item, source);
        LaneStatus status;
        LYCEUM_ASSIGN(status.name, object.string("name"));
        LYCEUM_ASSIGN(status.state, object.string_or("state", "ok"));
        LYCEUM_ASSIGN(status.message, object.string_or("message", ""));
        LYCEUM_ASSIGN(const auto written, object.integer_or("written", 0));
        LYCEUM_ASSIGN(const auto dropped, object.integer_or("dropped", 0));
        LYCEUM_ASSIGN(const auto waiting, object.integer_or("waiting", 0));
        status.num_written = static_cast<std::uint64_t>(written);
        status.num_dropped = static_cast<std::uint64_t>(dropped);
        status.num_waiting = static_cast<std::uint64_t>(waiting);
        statuses.push_back(std::move(status));
    }
    return statuses;
}

} // namespace lyceum::trackers
