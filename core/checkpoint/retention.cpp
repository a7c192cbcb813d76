#include "core/checkpoint/retention.h"

#include "core/base/atomic_file.h"
#include "core/checkpoint/trainer_state.h"
#include "core/models/model_package.h"

#include <algorithm>
#include <cstdio>

namespace lyceum::checkpoint {

namespace fs = std::filesystem;

namespace {

bool is_better(const KeptCheckpoint& a, const KeptCheckpoint& b, const RetentionPolicy& policy)
{
    if (a.monitored.has_value() != b.monitored.has_value())
        return a.monitored.has_value();
    if (a.monitored && *a.monitored != *b.monitored)
        return (*a.monitored < *b.monitored) == policy.lower_is_better;
    return a.monitored ? a.step < b.step : a.step > b.step;
}

Error io_error(const std::string& what, const fs::path& path, const std::error_code& reason)
{
    return {ErrorCode::Io, what + " " + path.string() + ": " + reason.message() + ".",
            "Check the permissions of the run's folder."};
}

/// What the checkpoint's own state says of a metric other than the validation loss.
std::optional<double> monitored_value(const fs::path& folder, std::string_view monitor)
{
    const auto text = read_file(folder / "trainer_state.json");
    if (!text)
        return std::nullopt;
    const auto state = trainer_state_from_json(text.value(), folder.string());
    if (!state)
        return std::nullopt;
    const auto& callbacks = state.value().callbacks;
    const auto own = callbacks.find(kMonitorKey);
    if (own == callbacks.end() || !own->is_object())
        return std::nullopt;
    const auto value = own->find(monitor);
    return value != own->end() && value->is_number() ? std::optional(value->get<double>())
                                                     : std::nullopt;
}

} // namespace

std::optional<KeptCheckpoint> best_of(const std::vector<KeptCheckpoint>& kept,
                                      const RetentionPolicy& policy)
{
    std::optional<KeptCheckpoint> best;
    for (const auto& one : kept)
        if (one.monitored && (!best || is_better(one, *best, policy)))
            best = one;
    return best;
}

std::vector<KeptCheckpoint> superfluous(const std::vector<KeptCheckpoint>& kept,
                                        const RetentionPolicy& policy)
{
    if (policy.save_top_k < 0 || kept.empty())
        return {};
    const bool keep_newest = policy.save_last || !best_of(kept, policy);
    const auto newest = kept.back().step;
    auto ranked = kept;
    std::sort(ranked.begin(), ranked.end(),
              [&](const auto& a, const auto& b) { return is_better(a, b, policy); });
    // The best always stays: a run is loaded by it.
    const auto top = static_cast<std::size_t>(std::max(1, policy.save_top_k));
    std::vector<KeptCheckpoint> gone;
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        const bool in_top = ranked[i].monitored && i < top;
        if (!in_top && !ranked[i].is_pinned && !(keep_newest && ranked[i].step == newest))
            gone.push_back(ranked[i]);
    }
    return gone;
}

fs::path checkpoint_folder(const fs::path& run_folder, std::int64_t step)
{
    char name[32];
    std::snprintf(name, sizeof name, "step-%06lld", static_cast<long long>(step));
    return run_folder / "checkpoints" / name;
}

std::vector<KeptCheckpoint> list_checkpoints(const fs::path& run_folder, std::string_view monitor)
{
    std::vector<std::pair<double, KeptCheckpoint>> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(run_folder / "checkpoints", ignored)) {
        if (!entry.path().filename().string().starts_with("step-"))
            continue;
        const auto manifest = models::read_manifest(entry.path());
        if (!manifest)
            continue;
        const auto& read = manifest.value();
        const auto monitored =
            monitor == "val_loss" ? read.val_loss : monitored_value(entry.path(), monitor);
        found.push_back({read.time, {read.step, monitored, false, read.val_loss}});
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<KeptCheckpoint> kept;
    for (const auto& [time, one] : found)
        kept.push_back(one);
    return kept;
}

Result<void> remove_checkpoint(const fs::path& run_folder, std::int64_t step)
{
    const auto folder = checkpoint_folder(run_folder, step);
    const auto doomed = folder.parent_path() / (kTemporaryPrefix + folder.filename().string());
    std::error_code failed;
    fs::remove_all(doomed, failed);
    fs::rename(folder, doomed, failed);
    if (failed)
        return io_error("Could not remove the checkpoint", folder, failed);
    fs::remove_all(doomed, failed);
    if (failed)
        return io_error("Could not remove", doomed, failed);
    return {};
}

Result<int> remove_leftovers(const fs::path& run_folder)
{
    std::vector<fs::path> leftovers;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(run_folder / "checkpoints", failed))
        if (entry.path().filename().string().starts_with(kTemporaryPrefix))
            leftovers.push_back(entry.path());
    for (const auto& path : leftovers) {
        fs::remove_all(path, failed);
        if (failed)
            return io_error("Could not remove the half-written", path, failed);
    }
    return static_cast<int>(leftovers.size());
}

} // namespace lyceum::checkpoint
