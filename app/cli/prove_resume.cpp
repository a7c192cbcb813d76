#include "app/cli/prove_resume.h"

#include "app/cli/signals.h"
#include "app/cli/verbs.h"
#include "core/base/atomic_file.h"
#include "core/jobs/jobs.h"
#include "core/jobs/prove_resume.h"

#include <unistd.h>

#include <cstdio>

namespace lyceum::cli {

Result<int> prove_resume(const config::RunConfig& config, std::int64_t num_steps,
                         const Context& context)
{
    const StopSignals signals;
    const bool is_terminal = ::isatty(STDERR_FILENO) != 0;
    const auto tell = [&](const std::string& what) {
        if (is_terminal)
            std::fprintf(stderr, "\r\033[K%s", what.c_str());
        return signals.count() == 0;
    };
    const auto report = jobs::prove_resume(context.workspace, config,
                                           {.num_steps = num_steps, .on_progress = tell});
    if (is_terminal)
        std::fputs("\r\033[K", stderr);
    if (!report)
        return report.error();
    if (context.json)
        print_json(Json(jobs::to_json(report.value())));
    else
        print_line(jobs::to_text(report.value()));
    return report.value().is_exact() ? kDone : kFailed;
}

Result<int> run(const RunsProveResume& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow run, jobs->store().find_run(command.run));
    const auto path = run.folder / "run.yaml";
    LYCEUM_ASSIGN(const std::string text, read_file(path));
    const auto parsed = config::parse_yaml(text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, path.string());
    return prove_resume(parsed.config, command.num_steps, context);
}

} // namespace lyceum::cli
