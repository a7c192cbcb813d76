#include "core/config/trackers.h"

#include "app/cli/verbs.h"
#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/trackers/after_the_fact.h"

#include <algorithm>

namespace lyceum::cli {
namespace {

Result<config::RunConfig> config_of(const store::RunRow& run)
{
    const std::filesystem::path path = run.folder / "run.yaml";
    LYCEUM_ASSIGN(const std::string text, read_file(path, std::size_t{1} << 20));
    config::ParsedConfig parsed = config::parse_yaml(text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, path.string());
    return std::move(parsed.config);
}

/// The run's own options for a tracker, or its defaults.
Result<config::TrackerConfig> tracker_named(const std::string& name,
                                            const config::RunConfig& config)
{
    std::vector<std::string> names;
    for (const config::TrackerKind& kind : config::tracker_kinds())
        names.push_back(kind.name);
    if (std::ranges::find(names, name) == names.end()) {
        const auto near = nearest(name, names);
        return Error{ErrorCode::InvalidConfig, "There is no tracker '" + name + "'",
                     near ? "Did you mean " + *near + "?" : "There are " + join(names, ", ") + "."};
    }
    const auto own = std::ranges::find(config.trackers, name, &config::TrackerConfig::name);
    return own == config.trackers.end() ? config::TrackerConfig{.name = name, .options = {}} : *own;
}

} // namespace

Result<int> run(const RunsPush& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    LYCEUM_ASSIGN(const config::RunConfig config, config_of(run));
    LYCEUM_ASSIGN(const std::uint64_t records, trackers::push_run(run, config));
    if (context.json)
        print_json({{"run", run.name}, {"sent", records}});
    else
        print_line("Run " + run.name + ": " + std::to_string(records) + " records sent.");
    return kDone;
}

Result<int> run(const RunsExportTracker& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    LYCEUM_ASSIGN(const config::RunConfig config, config_of(run));
    LYCEUM_ASSIGN(const config::TrackerConfig tracker, tracker_named(command.to, config));
    const std::filesystem::path folder = command.out.empty()
                                             ? run.folder / "trackers" / tracker.name
                                             : std::filesystem::absolute(command.out);
    LYCEUM_ASSIGN(const std::uint64_t records,
                  trackers::export_run(jobs->store(), run, config, tracker, folder));
    if (context.json)
        print_json({{"run", run.name},
                    {"tracker", tracker.name},
                    {"records", records},
                    {"folder", folder.string()}});
    else
        print_line("Run " + run.name + ": " + std::to_string(records) + " records in " +
                   folder.string());
    return kDone;
}

} // namespace lyceum::cli
