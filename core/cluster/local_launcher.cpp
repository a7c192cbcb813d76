#include "core/cluster/launcher.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lyceum::cluster {

namespace {

class LocalLauncher : public Launcher {
public:
    Result<Launched> launch(const LaunchRequest& request) override
    {
        const RankPlace place; // one rank
        SpawnOptions options;
        options.arguments.push_back(request.program.string());
        std::ranges::copy(request.arguments, std::back_inserter(options.arguments));
        options.environment = rank_environment(place);
        options.output_file = request.log_folder / ("rank-" + std::to_string(place.rank) + ".log");
        options.own_session = true;
        LYCEUM_ASSIGN(const auto process, spawn(options));
        return Launched{process, host_name()};
    }

    bool is_there(const Launched& launched) const override
    {
        return launched.host == host_name() && is_alive(launched.process);
    }
};

} // namespace

std::vector<std::pair<std::string, std::string>> rank_environment(const RankPlace& place)
{
    return {{"RANK", std::to_string(place.rank)},
            {"WORLD_SIZE", std::to_string(place.world_size)},
            {"LOCAL_RANK", std::to_string(place.local_rank)},
            {"MASTER_ADDR", "127.0.0.1"},
            // Threads that spin at barriers make a run 20 times slower beside other programs.
            {"OMP_WAIT_POLICY", "PASSIVE"}};
}

std::unique_ptr<Launcher> make_local_launcher()
{
    return std::make_unique<LocalLauncher>();
}

} // namespace lyceum::cluster
