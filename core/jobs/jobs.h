#pragma once

/// @file
/// Jobs: what a front end does with runs. Starts engines, never links one.

#include "core/base/result.h"
#include "core/cluster/launcher.h"
#include "core/config/run_config.h"
#include "core/store/run_store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::jobs {

/// One workspace, opened. Threads: one at a time.
class Jobs {
public:
    /// @param front_end What people's requests are recorded under: "terminal", "studio".
    /// @return Io when the workspace cannot be written; what RunStore::open says.
    [[nodiscard]] static Result<std::unique_ptr<Jobs>>
    open(const std::filesystem::path& workspace, std::string_view front_end = "terminal");

    [[nodiscard]] const std::filesystem::path& workspace() const noexcept { return workspace_; }
    [[nodiscard]] store::RunStore& store() noexcept { return *store_; }

    /// Checks the configuration, the data's existence, the model and free disk; makes the run's
    /// folder, run.yaml, environment.json and row; starts the engine in its own session, so that it
    /// outlives us and our terminal. A configuration without a name gets a free one. @return
    /// InvalidConfig with every problem; AlreadyExists when the name is taken (hint: another name,
    /// or resume); NotFound; DiskFull; Io. Nothing is left behind then.
    [[nodiscard]] Result<store::RunRow> start(config::RunConfig config);

    /// Goes on with a stopped, failed, lost or finished run from its last whole checkpoint (or the
    /// one at `step`); one without a checkpoint starts again from step 0, and an event says so.
    /// @return InvalidConfig when it is still running; NotFound.
    [[nodiscard]] Result<store::RunRow> resume(std::string_view run,
                                               std::optional<std::int64_t> step = {});

    /// Asks, in the name of this process's user; the engine answers within one step.
    /// @param argument Of SetLearningRate (above 0, at most 1) and SetMaxSteps (whole, after the
    /// step the run is at). @return the command's id; InvalidConfig when the run is not active, the
    /// argument is none it could take, or it is paused (not paused) already.
    [[nodiscard]] Result<std::int64_t> ask(std::string_view run, store::CommandKind kind,
                                           std::optional<double> argument = {});

    /// Removes a run that is not active: its folder and its rows. @return InvalidConfig when it is
    /// active.
    [[nodiscard]] Result<void> remove(std::string_view run);

    /// The text of rank 0's log from `offset` on, at most `limit` bytes; empty while there is none.
    [[nodiscard]] Result<std::string> read_log(const store::RunRow& run, std::uint64_t offset,
                                               std::size_t limit) const;

    /// A name not yet taken, from a wish: "fractions-tutor", "fractions-tutor-2", ...
    [[nodiscard]] Result<std::string> free_name(std::string_view wish);

private:
    Jobs(std::filesystem::path workspace, std::unique_ptr<store::RunStore> store,
         std::string author);
    [[nodiscard]] Result<bool> is_taken(const std::string& name);
    [[nodiscard]] Result<store::RunRow> create(const config::RunConfig& config,
                                               const std::filesystem::path& folder,
                                               const std::string& model_name);
    [[nodiscard]] Result<void> launch(const store::RunRow& run,
                                      const std::optional<std::filesystem::path>& checkpoint);

    std::filesystem::path workspace_;
    std::unique_ptr<store::RunStore> store_;
    std::string author_; ///< "ada@lab7 (studio)"
    std::unique_ptr<cluster::Launcher> launcher_;
};

/// One line of `lyceum doctor` and of Home's "This computer".
struct DoctorCheck {
    std::string name;   ///< processor | memory | disk | workspace | engine | model | gpu
    std::string status; ///< ok | note | fault
    std::string title;  ///< "2 cores, 23.5 GiB memory"
    std::string detail; ///< A sentence; for a fault, its repair.
};
/// Starts the engine once (`--version`) to see that its libraries load: takes a second or two.
[[nodiscard]] std::vector<DoctorCheck> run_doctor(const std::filesystem::path& workspace);

} // namespace lyceum::jobs
