#include "core/base/atomic_file.h"
#include "core/formats/json.h"
#include "core/models/model_package.h"

namespace lyceum::models {
namespace {

std::filesystem::path index_path(const std::filesystem::path& run_folder)
{
    return run_folder / "checkpoints" / "index.json";
}

/// A checkpoint's folder name: it becomes part of a path, so nothing but a plain name.
Result<std::optional<std::string>> read_entry(const formats::JsonObject& index,
                                              std::string_view key)
{
    LYCEUM_ASSIGN(std::string name, index.string_or(key, ""));
    if (name.empty())
        return std::optional<std::string>();
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos ||
        name.starts_with('.'))
        return index.invalid(key, "is \"" + name + "\", expected the name of a folder");
    return std::optional(std::move(name));
}

} // namespace

std::filesystem::path runs_dir(const std::filesystem::path& workspace)
{
    return workspace / "runs";
}

std::filesystem::path run_dir(const std::filesystem::path& workspace, std::string_view run)
{
    return runs_dir(workspace) / run;
}

Result<CheckpointIndex> read_checkpoint_index(const std::filesystem::path& run_folder)
{
    const std::string path = index_path(run_folder).string();
    LYCEUM_ASSIGN(const formats::Json json, formats::read_json_file(path, std::size_t{1} << 20));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, path + " is not a JSON object", ""};
    const formats::JsonObject object(json, path);
    CheckpointIndex index;
    LYCEUM_ASSIGN(index.best, read_entry(object, "best"));
    LYCEUM_ASSIGN(index.last, read_entry(object, "last"));
    return index;
}

Result<void> write_checkpoint_index(const std::filesystem::path& run_folder,
                                    const CheckpointIndex& index)
{
    formats::Json json = {{"best", nullptr}, {"last", nullptr}};
    if (index.best)
        json["best"] = *index.best;
    if (index.last)
        json["last"] = *index.last;
    return write_file_atomically(index_path(run_folder), formats::dump_json(json, 2) + "\n");
}

} // namespace lyceum::models
