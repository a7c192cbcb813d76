#pragma once

/// @file
/// Launchers start the ranks of a run and know whether they are still there. Local processes for
/// now; SLURM and MPI fit the same interface.

#include "core/base/process.h"
#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lyceum::cluster {

/// Where one rank stands among all, as the environment tells it (torchrun's names).
struct RankPlace {
    int rank = 0;
    int world_size = 1;
    int local_rank = 0; ///< Among the ranks of its machine.
};
/// RANK, WORLD_SIZE, LOCAL_RANK and the address of rank 0.
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
rank_environment(const RankPlace& place);

/// What to start.
struct LaunchRequest {
    std::filesystem::path program;
    std::vector<std::string> arguments; ///< Without the program's name.
    std::filesystem::path log_folder;   ///< rank-N.log is appended to; the folder exists.
};

/// What was started: rank 0, through which all others are known.
struct Launched {
    ProcessId process;
    std::string host;
};

/// Starts runs. Stateless: what it started outlives it, this program and its terminal.
class Launcher {
public:
    virtual ~Launcher() = default;

    /// @return NotFound naming the program; Io. Nothing runs then.
    [[nodiscard]] virtual Result<Launched> launch(const LaunchRequest& request) = 0;

    /// False once rank 0 is gone, or when that cannot be told from here.
    [[nodiscard]] virtual bool is_there(const Launched& launched) const = 0;
};

/// One rank on this machine, in a session of its own.
[[nodiscard]] std::unique_ptr<Launcher> make_local_launcher();

} // namespace lyceum::cluster
