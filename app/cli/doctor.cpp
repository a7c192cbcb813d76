#include "app/cli/verbs.h"
#include "core/jobs/jobs.h"

#include <algorithm>

namespace lyceum::cli {

Result<int> run(const Help& command, const Context&)
{
    return command.exit_status;
}

Result<int> run(const Doctor&, const Context& context)
{
    const std::vector<jobs::DoctorCheck> checks = jobs::run_doctor(context.workspace);
    const bool is_sound = std::ranges::none_of(
        checks, [](const jobs::DoctorCheck& check) { return check.status == "fault"; });
    if (context.json) {
        Json list = Json::array();
        for (const jobs::DoctorCheck& check : checks)
            list.push_back({{"name", check.name},
                            {"status", check.status},
                            {"title", check.title},
                            {"detail", check.detail}});
        print_json({{"checks", list}});
        return is_sound ? kDone : kFailed;
    }
    for (const jobs::DoctorCheck& check : checks) {
        std::string line = check.status;
        line.resize(7, ' ');
        print_line(line + check.title);
        if (!check.detail.empty())
            print_line("       " + check.detail);
    }
    return is_sound ? kDone : kFailed;
}

} // namespace lyceum::cli
