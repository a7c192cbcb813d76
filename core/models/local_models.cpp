#include "core/models/local_models.h"

#include "core/base/paths.h"
#include "core/models/catalogue.h"
#include "core/models/model_opener.h"

#include <algorithm>
#include <cctype>

namespace lyceum::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 100;

bool is_name(std::string_view name)
{
    const auto fits = [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' ||
               letter == '_' || letter == '.';
    };
    return !name.empty() && name.size() <= kLongestName && !name.starts_with('.') &&
           std::ranges::all_of(name, fits);
}

std::string own_name(const fs::path& source)
{
    const bool is_gguf = source.extension() == ".gguf";
    return (is_gguf ? source.stem() : source.filename()).string();
}

/// Something of that name, be it a dangling link.
bool is_there(const fs::path& path)
{
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

Result<void> check_name(const fs::path& workspace, const std::string& name)
{
    if (!is_name(name))
        return Error{ErrorCode::InvalidConfig, "\"" + name + "\" cannot be a model's name",
                     "Give it one of letters, digits, '-', '_' and '.' with --name."};
    LYCEUM_ASSIGN(const auto catalogue, read_catalogue());
    const bool is_known =
        std::ranges::find(catalogue, name, &CatalogueEntry::name) != catalogue.end();
    const fs::path local = workspace / "models" / name;
    for (const fs::path& taken :
         {local, fs::path(local.string() + ".gguf"), run_dir(workspace, name)})
        if (is_known || is_there(taken))
            return Error{ErrorCode::AlreadyExists,
                         "there is a model or run \"" + name + "\" already",
                         "Give this one another name with --name."};
    return {};
}

} // namespace

Result<std::string> add_model(const fs::path& workspace, const fs::path& source,
                              std::string_view name)
{
    std::error_code failed;
    const fs::path whole = fs::canonical(source, failed);
    if (failed)
        return Error{ErrorCode::NotFound, "there is no file or folder " + source.string(),
                     "Name a Hugging Face folder or a .gguf file."};
    const bool is_gguf = !fs::is_directory(whole, failed);
    if (!is_gguf && !is_there(whole / "config.json"))
        return Error{ErrorCode::InvalidData,
                     whole.string() + " holds no model: it has no config.json",
                     "Choose a Hugging Face folder or a .gguf file."};
    LYCEUM_TRY(is_gguf ? open_gguf(whole) : open_hugging_face(whole));
    const std::string wanted = name.empty() ? own_name(whole) : std::string(name);
    LYCEUM_TRY(check_name(workspace, wanted));
    LYCEUM_TRY(ensure_writable_dir(workspace / "models"));
    fs::create_symlink(whole, workspace / "models" / (is_gguf ? wanted + ".gguf" : wanted), failed);
    if (failed)
        return Error{ErrorCode::Io,
                     "cannot link " + wanted + " in " + (workspace / "models").string() + ": " +
                         failed.message(),
                     "Copy the model there instead."};
    return wanted;
}

bool is_linked_model(const fs::path& workspace, const fs::path& path)
{
    std::error_code ignored;
    return path.parent_path() == workspace / "models" && fs::is_symlink(path, ignored);
}

Result<void> remove_model(const fs::path& workspace, std::string_view name)
{
    const fs::path local = workspace / "models" / name;
    for (const fs::path& path : {local, fs::path(local.string() + ".gguf")}) {
        if (!is_name(name) || !is_there(path))
            continue;
        if (!is_linked_model(workspace, path))
            return Error{ErrorCode::Unsupported, path.string() + " is the model itself, not a link",
                         "Delete it by hand if nothing needs it any more."};
        std::error_code failed;
        fs::remove(path, failed);
        if (failed)
            return Error{ErrorCode::Io, "cannot remove " + path.string() + ": " + failed.message(),
                         ""};
        return {};
    }
    return Error{ErrorCode::NotFound,
                 "no model \"" + std::string(name) + "\" was added to this workspace",
                 "`lyceum models list` names the models."};
}

} // namespace lyceum::models
