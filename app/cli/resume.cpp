#include "app/cli/resume.h"

#include "core/models/model_package.h"

#include <charconv>
#include <filesystem>

namespace lyceum::cli {
namespace {

namespace fs = std::filesystem;

Result<ResumePoint> from_folder(jobs::Jobs& jobs, const fs::path& folder)
{
    LYCEUM_ASSIGN(const models::CheckpointManifest manifest, models::read_manifest(folder));
    LYCEUM_ASSIGN(const store::RunRow run, jobs.store().find_run(manifest.run));
    std::error_code failure;
    const fs::path home = fs::weakly_canonical(run.folder / "checkpoints", failure);
    if (fs::weakly_canonical(folder / "checkpoint.json", failure).parent_path().parent_path() !=
        home)
        return Error{ErrorCode::NotFound,
                     "The checkpoint " + folder.string() + " is not one of run " + run.name +
                         " of this workspace",
                     "Choose the workspace it belongs to with --workspace."};
    return ResumePoint{run.name, manifest.step};
}

} // namespace

Result<ResumePoint> find_resume_point(jobs::Jobs& jobs, std::string_view reference)
{
    std::error_code failure;
    if (fs::exists(fs::path{reference} / "checkpoint.json", failure))
        return from_folder(jobs, reference);
    const std::size_t at = reference.rfind('@');
    ResumePoint point{.run = std::string{reference.substr(0, at)}};
    LYCEUM_ASSIGN(const store::RunRow run, jobs.store().find_run(point.run));
    if (at == std::string_view::npos || reference.substr(at + 1) == "last")
        return point;
    const std::string_view word = reference.substr(at + 1);
    if (word == "best") {
        if (!run.best_step)
            return Error{ErrorCode::NotFound, "Run " + run.name + " has no best checkpoint",
                         "Go on from its last one: " + run.name};
        point.step = run.best_step;
        return point;
    }
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), step);
    if (error != std::errc{} || end != word.data() + word.size() || step < 0)
        return Error{ErrorCode::InvalidConfig,
                     "'" + std::string{word} + "' is no step of run " + run.name,
                     "Write RUN, RUN@best or RUN@50."};
    point.step = step;
    return point;
}

} // namespace lyceum::cli
