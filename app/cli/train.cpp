#include "app/cli/follow.h"
#include "app/cli/prove_resume.h"
#include "app/cli/resume.h"
#include "app/cli/verbs.h"
#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/config/run_config.h"
#include "core/models/new_model.h"

namespace lyceum::cli {
namespace {

// A mistake on the command line, whatever the layer below calls it.
Error as_wrong_usage(Error error)
{
    error.code = ErrorCode::InvalidConfig;
    return error;
}

Json to_json(const std::vector<config::Problem>& problems)
{
    Json list = Json::array();
    for (const config::Problem& problem : problems)
        list.push_back({{"field", problem.field},
                        {"line", problem.line},
                        {"message", problem.message},
                        {"hint", problem.hint}});
    return list;
}

int fail_with_problems(const std::vector<config::Problem>& problems, const std::string& source,
                       const Context& context)
{
    const Error error = config::to_error(problems, source);
    const int status = fail({.workspace = context.workspace, .json = false}, error);
    if (context.json)
        print_json({{"error",
                     {{"message", error.message},
                      {"hint", error.hint},
                      {"problems", to_json(problems)}}}});
    return status;
}

Result<std::vector<config::Override>> parse_overrides(const std::vector<std::string>& texts)
{
    std::vector<config::Override> overrides;
    for (const std::string& text : texts) {
        auto parsed = config::parse_override(text);
        if (!parsed)
            return as_wrong_usage(parsed.error());
        overrides.push_back(std::move(parsed).value());
    }
    return overrides;
}

// Resuming goes on with the run's own settings: others are refused, not ignored.
Result<void> check_same_settings(const config::RunConfig& wanted, const store::RunRow& run)
{
    LYCEUM_ASSIGN(const std::string text, read_file(run.folder / "run.yaml"));
    const config::RunConfig own = config::resolved(config::parse_yaml(text).config);
    config::RunConfig other = config::resolved(wanted);
    other.name = own.name;
    const std::vector<std::string> own_lines = split(config::to_yaml(own), '\n');
    const std::vector<std::string> other_lines = split(config::to_yaml(other), '\n');
    for (std::size_t i = 0; i < std::min(own_lines.size(), other_lines.size()); ++i) {
        if (own_lines[i] != other_lines[i])
            return Error{ErrorCode::InvalidConfig,
                         "Run " + run.name + " was started with other settings: it has '" +
                             own_lines[i] + "', not '" + other_lines[i] + "'",
                         "Resume it with its own settings (lyceum runs resume " + run.name +
                             "), or start another run."};
    }
    return {};
}

Result<int> follow_unless_detached(jobs::Jobs& jobs, const store::RunRow& run,
                                   std::int64_t after_event, bool detach, const Context& context)
{
    return detach ? Result<int>{leave_running(run, context)}
                  : follow(jobs, run, after_event, context);
}

Result<int> resume(jobs::Jobs& jobs, const std::string& reference,
                   const config::RunConfig* settings, bool detach, const Context& context)
{
    LYCEUM_ASSIGN(const ResumePoint point, find_resume_point(jobs, reference));
    LYCEUM_ASSIGN(const store::RunRow old, jobs.store().find_run(point.run));
    if (settings != nullptr)
        LYCEUM_TRY(check_same_settings(*settings, old));
    LYCEUM_ASSIGN(const auto history, last_event(jobs, old.id));
    LYCEUM_ASSIGN(const store::RunRow run, jobs.resume(point.run, point.step));
    return follow_unless_detached(jobs, run, history, detach, context);
}

} // namespace

Result<int> run(const Train& command, const Context& context)
{
    if (command.source.empty() && command.resume.empty())
        return Error{ErrorCode::InvalidConfig, "lyceum train needs a run.yaml or a recipe",
                     "The starter project: lyceum train starter"};
    if (command.source.empty() && !command.overrides.empty())
        return Error{ErrorCode::InvalidConfig,
                     "--set, --devices and --strategy cannot change a run that is resumed",
                     "Leave them out, or start another run."};
    config::ParsedConfig parsed;
    if (!command.source.empty()) {
        const auto source = config::load_source(command.source);
        if (!source)
            return as_wrong_usage(source.error());
        LYCEUM_ASSIGN(const std::vector<config::Override> overrides,
                      parse_overrides(command.overrides));
        parsed = config::parse_yaml(source.value().text, overrides);
        if (parsed.problems.empty())
            parsed.problems = models::check_new_model(parsed.config.model);
        if (!parsed.problems.empty())
            return fail_with_problems(parsed.problems, source.value().name, context);
    }
    if (command.prove_resume) {
        if (command.source.empty() || !command.resume.empty() || command.detach)
            return Error{
                ErrorCode::InvalidConfig,
                "--prove-resume takes a run.yaml or a recipe, without --resume or --detach",
                "Of a run that exists: lyceum runs prove-resume RUN"};
        return prove_resume(parsed.config, *command.prove_resume, context);
    }
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    if (!command.resume.empty())
        return resume(*jobs, command.resume, command.source.empty() ? nullptr : &parsed.config,
                      command.detach, context);
    LYCEUM_ASSIGN(const store::RunRow run, jobs->start(parsed.config));
    return follow_unless_detached(*jobs, run, 0, command.detach, context);
}

Result<int> run(const RunsResume& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    return resume(*jobs, command.run, nullptr, command.detach, context);
}

} // namespace lyceum::cli
