#include "core/base/text.h"
#include "core/models/catalogue.h"
#include "core/models/model_opener.h"

#include <algorithm>
#include <charconv>

namespace lyceum::models {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path)
{
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

bool is_folder(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// The names a person may mean, for "did you mean": the catalogue, local models, runs.
std::vector<std::string> known_names(const fs::path& workspace)
{
    std::vector<std::string> names;
    if (const auto catalogue = read_catalogue())
        for (const CatalogueEntry& entry : catalogue.value())
            names.push_back(entry.name);
    for (const fs::path& folder : {workspace / "models", runs_dir(workspace)}) {
        std::error_code failed;
        for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
             entry.increment(failed))
            names.push_back(entry->path().extension() == ".gguf"
                                ? entry->path().stem().string()
                                : entry->path().filename().string());
    }
    return names;
}

Error not_found(std::string_view reference, const fs::path& workspace)
{
    const std::vector<std::string> names = known_names(workspace);
    const auto near = nearest(reference, names);
    return Error{ErrorCode::NotFound,
                 "there is no model, run or file \"" + std::string(reference) + "\"",
                 near ? "Did you mean " + *near + "?"
                      : "Known are " + join(names, ", ") +
                            "; a Hugging Face folder or a .gguf file also works."};
}

Result<ModelPackage> open_path(const fs::path& path, const fs::path& workspace, int depth)
{
    if (!is_folder(path)) {
        if (path.extension() == ".safetensors")
            return Error{ErrorCode::Unsupported,
                         path.string() + " holds weights only, without configuration and tokenizer",
                         "Name the folder it lies in."};
        return open_gguf(path);
    }
    if (is_there(path / "checkpoint.json"))
        return open_checkpoint(path, workspace, depth);
    if (is_there(path / "config.json"))
        return open_hugging_face(path);
    if (is_there(path / "run.yaml") && path.has_filename())
        return Error{ErrorCode::Unsupported, path.string() + " is the folder of a run",
                     "Name the run (" + path.filename().string() + "), or one of the folders in " +
                         (path / "checkpoints").string() + "."};
    return Error{ErrorCode::NotFound,
                 path.string() + " holds neither a model (config.json) nor a checkpoint "
                                 "(checkpoint.json)",
                 "Name a Hugging Face folder, a checkpoint folder or a .gguf file."};
}

/// Whole checkpoints of a run by step. A folder without a manifest was never finished.
std::vector<std::pair<std::int64_t, fs::path>> whole_checkpoints(const fs::path& run_folder)
{
    constexpr std::string_view kPrefix = "step-";
    std::vector<std::pair<std::int64_t, fs::path>> found;
    std::error_code failed;
    for (fs::directory_iterator entry(run_folder / "checkpoints", failed), end;
         !failed && entry != end; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        std::int64_t step = 0;
        const char* last = name.data() + name.size();
        if (name.starts_with(kPrefix) &&
            std::from_chars(name.data() + kPrefix.size(), last, step).ptr == last &&
            is_there(entry->path() / "checkpoint.json"))
            found.emplace_back(step, entry->path());
    }
    std::ranges::sort(found);
    return found;
}

/// @param which empty: the best, else the last; "best", "last", or a step.
Result<fs::path> find_checkpoint(const fs::path& run_folder, std::string_view run,
                                 std::string_view which)
{
    const auto whole = whole_checkpoints(run_folder);
    if (whole.empty())
        return Error{ErrorCode::NotFound, "run " + std::string(run) + " has no checkpoint yet",
                     "Let it train until the first one is saved, or choose its base model."};
    CheckpointIndex index;
    if (is_there(run_folder / "checkpoints" / "index.json")) {
        LYCEUM_ASSIGN(index, read_checkpoint_index(run_folder));
    }
    if (which == "best" && !index.best)
        return Error{ErrorCode::NotFound, "run " + std::string(run) + " has no best checkpoint",
                     "It was trained without validation; use " + std::string(run) + "@last."};
    if (which.empty() || which == "best" || which == "last") {
        const auto& named = which != "last" && index.best ? index.best : index.last;
        return named ? run_folder / "checkpoints" / *named : whole.back().second;
    }
    std::int64_t step = 0;
    std::string_view digits = which;
    if (digits.starts_with("step-"))
        digits.remove_prefix(5);
    const char* last = digits.data() + digits.size();
    const bool is_number = std::from_chars(digits.data(), last, step).ptr == last;
    const auto found = std::ranges::find(whole, step, [](const auto& each) { return each.first; });
    if (is_number && found != whole.end())
        return found->second;
    std::vector<std::string> steps;
    for (const auto& [each, path] : whole)
        steps.push_back(std::to_string(each));
    return Error{ErrorCode::NotFound,
                 "run " + std::string(run) + " has no checkpoint @" + std::string(which),
                 "It has " + join(steps, ", ") + ", and the words best and last."};
}

Result<ModelPackage> open_run(const fs::path& workspace, std::string_view run,
                              std::string_view which, int depth)
{
    LYCEUM_ASSIGN(const fs::path folder, find_checkpoint(run_dir(workspace, run), run, which));
    return open_checkpoint(folder, workspace, depth);
}

/// Names become parts of paths: one component, not hidden.
bool is_name(std::string_view text)
{
    return !text.empty() && text.find('/') == std::string_view::npos &&
           text.find('\0') == std::string_view::npos && !text.starts_with('.');
}

Result<std::optional<ModelPackage>> open_named(std::string_view name, const fs::path& workspace,
                                               int depth)
{
    LYCEUM_ASSIGN(const auto catalogue, read_catalogue());
    const auto entry = std::ranges::find(catalogue, name, &CatalogueEntry::name);
    if (entry != catalogue.end()) {
        if (!is_there(entry->path))
            return Error{ErrorCode::NotFound,
                         "the file of " + entry->name +
                             " is not on this machine: " + entry->path.string(),
                         "Run packaging/setup.sh, which installs it."};
        LYCEUM_ASSIGN(ModelPackage package, open_gguf(entry->path));
        package.licence = entry->licence;
        return std::optional(std::move(package));
    }
    const fs::path local = workspace / "models" / name;
    for (const fs::path& path : {local, fs::path(local.string() + ".gguf")})
        if (is_there(path)) {
            LYCEUM_ASSIGN(ModelPackage package, open_path(path, workspace, depth));
            return std::optional(std::move(package));
        }
    if (is_folder(run_dir(workspace, name))) {
        LYCEUM_ASSIGN(ModelPackage package, open_run(workspace, name, "", depth));
        return std::optional(std::move(package));
    }
    return std::optional<ModelPackage>();
}

} // namespace

Result<ModelPackage> open_model_at_depth(std::string_view reference, const fs::path& workspace,
                                         int depth)
{
    const std::size_t at = reference.rfind('@');
    std::optional<ModelPackage> package;
    if (is_name(reference)) {
        LYCEUM_ASSIGN(package, open_named(reference, workspace, depth));
    }
    if (!package && at != std::string_view::npos && at + 1 < reference.size() &&
        is_name(reference.substr(0, at)) &&
        is_folder(run_dir(workspace, reference.substr(0, at)))) {
        LYCEUM_ASSIGN(
            package, open_run(workspace, reference.substr(0, at), reference.substr(at + 1), depth));
    }
    if (!package && !reference.empty() && is_there(fs::path(reference))) {
        LYCEUM_ASSIGN(package, open_path(fs::path(reference), workspace, depth));
    }
    if (!package)
        return not_found(reference, workspace);
    package->name = std::string(reference);
    if (package->base_name.empty())
        package->base_name = package->name;
    return std::move(*package);
}

Result<ModelPackage> open_model(std::string_view reference, const fs::path& workspace)
{
    return open_model_at_depth(reference, workspace, 0);
}

} // namespace lyceum::models
