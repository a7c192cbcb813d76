#include "core/exporter/staged_folder.h"

#include "core/base/atomic_file.h"
#include "core/formats/json.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <set>
#include <string>
#include <utility>

namespace lyceum::exporter {
namespace {

namespace fs = std::filesystem;

Error io_error(const std::string& doing, const std::error_code& reason)
{
    return Error{ErrorCode::Io, "cannot " + doing + ": " + reason.message(),
                 "Choose another folder for the export."};
}

/// An earlier export of ours: every entry is a file that its manifest lists.
bool is_own_export(const fs::path& folder)
{
    const auto manifest = formats::read_json_file(folder / kExportManifest, std::size_t{1} << 24);
    if (!manifest || !manifest.value().is_object())
        return false;
    const auto files = manifest.value().find("files");
    if (files == manifest.value().end() || !files->is_array())
        return false;
    std::set<std::string> listed = {std::string(kExportManifest)};
    for (const formats::Json& file : *files)
        if (file.is_object() && file.contains("name") && file["name"].is_string())
            listed.insert(file["name"].get<std::string>());
    std::error_code failed;
    for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed))
        if (!fs::is_directory(entry->symlink_status()) &&
            !listed.contains(entry->path().lexically_relative(folder).string()))
            return false;
    return !failed;
}

/// A name beside `destination` that nothing has.
fs::path free_name(const fs::path& destination)
{
    fs::path name = destination.string() + ".before-export";
    std::error_code ignored;
    for (int i = 2; fs::exists(name, ignored); ++i)
        name = destination.string() + ".before-export-" + std::to_string(i);
    return name;
}

/// What processes that were killed have left; those that still run keep theirs.
void remove_abandoned(const fs::path& parent, const std::string& prefix)
{
    std::error_code failed;
    for (fs::directory_iterator entry(parent, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(prefix))
            continue;
        pid_t pid = 0;
        const char* last = name.data() + name.size();
        const bool is_number =
            std::from_chars(name.data() + prefix.size(), last, pid).ptr == last && pid > 0;
        const bool is_dead = is_number && ::kill(pid, 0) != 0 && errno == ESRCH;
        std::error_code ignored;
        if (is_number && (is_dead || pid == ::getpid()))
            fs::remove_all(entry->path(), ignored);
    }
}

} // namespace

StagedFolder::StagedFolder(fs::path destination, fs::path staged, bool keep_old)
    : destination_(std::move(destination)), staged_(std::move(staged)), keep_old_(keep_old)
{
}

StagedFolder::StagedFolder(StagedFolder&& other) noexcept
    : destination_(std::move(other.destination_))
    , staged_(std::exchange(other.staged_, fs::path()))
    , keep_old_(other.keep_old_)
{
}

StagedFolder& StagedFolder::operator=(StagedFolder&& other) noexcept
{
    if (this != &other) {
        discard();
        destination_ = std::move(other.destination_);
        staged_ = std::exchange(other.staged_, fs::path());
        keep_old_ = other.keep_old_;
    }
    return *this;
}

StagedFolder::~StagedFolder()
{
    discard();
}

void StagedFolder::discard() noexcept
{
    std::error_code ignored;
    if (!staged_.empty())
        fs::remove_all(staged_, ignored);
    staged_.clear();
}

Result<StagedFolder> StagedFolder::create(const fs::path& out, bool overwrite)
{
    std::error_code failed;
    fs::path destination = fs::absolute(out, failed).lexically_normal();
    if (failed || out.empty())
        return Error{ErrorCode::InvalidConfig, "the folder of the export is not given", ""};
    if (!destination.has_filename()) // "exports/mine/"
        destination = destination.parent_path();
    bool keep_old = false;
    const fs::file_status status = fs::symlink_status(destination, failed);
    if (fs::exists(status)) {
        if (!fs::is_directory(status))
            return Error{ErrorCode::AlreadyExists,
                         destination.string() + " exists and is not a folder",
                         "Choose another folder for the export."};
        keep_old = !fs::is_empty(destination, failed) && !is_own_export(destination);
        if (keep_old && !overwrite)
            return Error{ErrorCode::AlreadyExists,
                         destination.string() + " exists and holds files of yours",
                         "Choose another folder, or add --overwrite to move it aside."};
    }
    fs::create_directories(destination.parent_path(), failed);
    if (failed)
        return io_error("create " + destination.parent_path().string(), failed);
    const std::string prefix = "." + destination.filename().string() + ".writing-";
    remove_abandoned(destination.parent_path(), prefix);
    const fs::path staged = destination.parent_path() / (prefix + std::to_string(::getpid()));
    fs::create_directory(staged, failed);
    if (failed)
        return io_error("create " + staged.string(), failed);
    return StagedFolder(std::move(destination), staged, keep_old);
}

Result<fs::path> StagedFolder::commit()
{
    LYCEUM_TRY(sync_folder(staged_));
    std::error_code failed;
    fs::path old;
    if (fs::exists(destination_, failed)) {
        old = keep_old_ ? free_name(destination_) : fs::path(staged_.string() + ".old");
        fs::rename(destination_, old, failed);
        if (failed)
            return io_error("move " + destination_.string() + " aside", failed);
    }
    fs::rename(staged_, destination_, failed);
    if (failed) {
        std::error_code ignored;
        if (!old.empty())
            fs::rename(old, destination_, ignored);
        return io_error("name the finished folder " + destination_.string(), failed);
    }
    staged_.clear();
    if (!old.empty() && !keep_old_) {
        fs::remove_all(old, failed);
        old.clear();
    }
    return old;
}

} // namespace lyceum::exporter
