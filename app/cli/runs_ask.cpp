#include "app/cli/signals.h"
#include "app/cli/verbs.h"
#include "core/jobs/jobs.h"

#include <chrono>
#include <thread>

namespace lyceum::cli {
namespace {

using namespace std::chrono_literals;

/// The engine answers once what was asked for is done. Empty: a signal came first.
Result<std::optional<store::Command>> wait_for_answer(jobs::Jobs& jobs, const std::string& run,
                                                      std::int64_t id)
{
    const StopSignals signals;
    while (signals.count() == 0) {
        LYCEUM_ASSIGN(const auto command, jobs.store().command(id));
        if (command.done_at)
            return std::optional(command);
        LYCEUM_ASSIGN(const auto row, jobs.store().find_run(run));
        if (row.status == store::RunStatus::Lost)
            return Error{ErrorCode::Io,
                         "The engine of run " + run + " is gone: nobody will answer.",
                         "Go on from its last checkpoint: lyceum runs resume " + run};
        std::this_thread::sleep_for(100ms);
    }
    return std::optional<store::Command>();
}

} // namespace

Result<int> run(const RunsAsk& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::unique_ptr<jobs::Jobs> jobs, jobs::Jobs::open(context.workspace));
    LYCEUM_ASSIGN(const auto id, jobs->ask(command.run, command.kind, command.value));
    LYCEUM_ASSIGN(const auto answer, wait_for_answer(*jobs, command.run, id));
    if (!answer) {
        say("Run " + command.run + " has been asked, and will do it.");
        return kStoppedBySignal;
    }
    if (!context.json) {
        print_line(answer->result);
        return kDone;
    }
    LYCEUM_ASSIGN(const auto row, jobs->store().find_run(command.run));
    print_json({{"run", row.name},
                {"command", store::to_string(command.kind)},
                {"value", command.value ? Json(*command.value) : Json(nullptr)},
                {"author", answer->author},
                {"result", answer->result},
                {"status", store::to_string(row.status)},
                {"step", row.step}});
    return kDone;
}

} // namespace lyceum::cli
