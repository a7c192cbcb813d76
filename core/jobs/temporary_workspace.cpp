#include "core/jobs/temporary_workspace.h"

#include "core/models/model_package.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace lyceum::jobs {

namespace {

namespace fs = std::filesystem;

/// Links every entry of `from` that is not hidden and not `left_out`.
Result<void> link_entries(const fs::path& from, const fs::path& to, std::string_view left_out)
{
    std::error_code status;
    if (!fs::exists(from, status))
        return {};
    for (fs::directory_iterator entry(from, status), end; !status && entry != end;
         entry.increment(status)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with('.') || name.starts_with("lyceum.sqlite") || name == left_out)
            continue;
        fs::create_symlink(entry->path(), to / name, status);
    }
    if (status)
        return Error{ErrorCode::Io,
                     "Cannot link " + from.string() + " into " + to.string() + ": " +
                         status.message() + ".",
                     ""};
    return {};
}

} // namespace

Result<std::unique_ptr<TemporaryWorkspace>> TemporaryWorkspace::make(const fs::path& workspace)
{
    std::error_code ignored; // mkdtemp says what is wrong
    fs::create_directories(workspace, ignored);
    auto pattern = (workspace / ".temporary-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        return Error{ErrorCode::Io,
                     "Cannot make a folder in " + workspace.string() + ": " + std::strerror(errno) +
                         ".",
                     "Choose a workspace that can be written to."};
    std::unique_ptr<TemporaryWorkspace> made(new TemporaryWorkspace(pattern));
    const auto runs = models::runs_dir(made->path());
    std::error_code status;
    fs::create_directories(runs, status);
    LYCEUM_TRY(link_entries(workspace, made->path(), runs.filename().string()));
    LYCEUM_TRY(link_entries(models::runs_dir(workspace), runs, ""));
    return made;
}

TemporaryWorkspace::~TemporaryWorkspace()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored); // links, not what they point to
}

} // namespace lyceum::jobs
