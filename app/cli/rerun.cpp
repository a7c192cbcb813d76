#include "core/jobs/rerun.h"

#include "app/cli/follow.h"
#include "app/cli/verbs.h"

namespace lyceum::cli {

Result<int> run(const RunsRerun& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const store::RunRow original, jobs->store().find_run(command.run));
    LYCEUM_ASSIGN(const store::RunRow started, jobs::start_again(*jobs, command.run));
    if (command.detach)
        return leave_running(started, context);
    LYCEUM_ASSIGN(const int status, follow(*jobs, started, 0, context));
    LYCEUM_ASSIGN(const store::RunRow ended, jobs->store().run(started.id));
    if (status != kDone || store::is_active(ended.status)) // stopped, failed, or left running
        return status;
    LYCEUM_ASSIGN(const auto report, jobs::compare_rerun(jobs->store(), original, ended));
    if (context.json)
        print_json(Json(jobs::to_json(report)));
    else
        print_line(jobs::to_text(report));
    return report.is_same() ? kDone : kFailed;
}

} // namespace lyceum::cli
