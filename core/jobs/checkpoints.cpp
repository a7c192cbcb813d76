#include "core/jobs/checkpoints.h"

#include "core/base/text.h"
#include "core/models/model_package.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <system_error>
#include <vector>

namespace lyceum::jobs {

namespace {

struct Candidate {
    std::int64_t step = 0;
    std::filesystem::path folder;
};

/// Newest first. Folders without a manifest were never finished, and do not count.
std::vector<Candidate> checkpoint_folders(const std::filesystem::path& run_folder)
{
    constexpr std::string_view kPrefix = "step-";
    std::vector<Candidate> candidates;
    std::error_code status;
    std::filesystem::directory_iterator entries(run_folder / "checkpoints", status);
    for (const auto end = std::filesystem::directory_iterator(); !status && entries != end;
         entries.increment(status)) {
        const auto name = entries->path().filename().string();
        std::int64_t step = 0;
        const char* last = name.data() + name.size();
        std::error_code ignored;
        if (name.starts_with(kPrefix) &&
            std::from_chars(name.data() + kPrefix.size(), last, step).ptr == last &&
            std::filesystem::exists(entries->path() / "checkpoint.json", ignored))
            candidates.push_back({step, entries->path()});
    }
    std::ranges::sort(candidates, std::greater<>(), &Candidate::step);
    return candidates;
}

/// The manifest reads and every file has its size; the engine checks the hashes as it loads them.
Result<void> check_whole(const std::filesystem::path& folder)
{
    LYCEUM_ASSIGN(const auto manifest, models::read_manifest(folder));
    for (const auto& file : manifest.files) {
        std::error_code status;
        const auto size = std::filesystem::file_size(folder / file.name, status);
        if (status || size != file.size_bytes)
            return Error{ErrorCode::InvalidData,
                         "The checkpoint " + folder.string() + " is damaged: " + file.name +
                             (status ? " is missing." : " has the wrong size."),
                         "Resume from another step."};
    }
    return {};
}

Result<ResumePoint> point_at(const std::vector<Candidate>& candidates, std::int64_t step)
{
    const auto found = std::ranges::find(candidates, step, &Candidate::step);
    if (found == candidates.end()) {
        std::vector<std::string> steps;
        for (const auto& candidate : candidates)
            steps.push_back(std::to_string(candidate.step));
        return Error{ErrorCode::NotFound,
                     "There is no checkpoint at step " + std::to_string(step) + ".",
                     steps.empty() ? "This run has no checkpoint yet."
                                   : "There are checkpoints at " + join(steps, ", ") + "."};
    }
    LYCEUM_TRY(check_whole(found->folder));
    return ResumePoint{found->folder, step, ""};
}

} // namespace

Result<ResumePoint> find_resume_point(const std::filesystem::path& run_folder,
                                      std::optional<std::int64_t> step)
{
    auto candidates = checkpoint_folders(run_folder);
    if (step)
        return point_at(candidates, *step);
    // What the engine named last comes first: after resuming from an earlier step, folders with
    // higher numbers belong to the attempt that was left.
    if (const auto index = models::read_checkpoint_index(run_folder); index && index.value().last) {
        const auto last = std::ranges::find_if(candidates, [&index](const Candidate& candidate) {
            return candidate.folder.filename() == *index.value().last;
        });
        if (last != candidates.end())
            std::rotate(candidates.begin(), last, std::next(last));
    }
    ResumePoint point;
    for (const auto& candidate : candidates) {
        const auto whole = check_whole(candidate.folder);
        if (whole) {
            point.folder = candidate.folder;
            point.step = candidate.step;
            return point;
        }
        point.warning = "The checkpoint " + candidate.folder.filename().string() +
                        " cannot be used: " + whole.error().message;
    }
    if (!candidates.empty()) // starting again from step 0 would hide that work was lost
        return Error{ErrorCode::InvalidData, point.warning,
                     "No checkpoint of this run is whole. Restore its folder from a copy, or start "
                     "a new run."};
    return point;
}

} // namespace lyceum::jobs
