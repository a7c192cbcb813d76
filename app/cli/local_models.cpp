#include "core/models/local_models.h"

#include "app/cli/verbs.h"

namespace lyceum::cli {

Result<int> run(const ModelsAdd& command, const Context& context)
{
    LYCEUM_ASSIGN(const std::string name,
                  models::add_model(context.workspace, command.source, command.name));
    if (context.json)
        print_json({{"name", name}});
    else
        print_line("Added " + name + ". It is linked, not copied: leave it where it lies.");
    return kDone;
}

Result<int> run(const ModelsRemove& command, const Context& context)
{
    LYCEUM_TRY(models::remove_model(context.workspace, command.name));
    if (context.json)
        print_json({{"name", command.name}});
    else
        print_line("Forgot " + command.name + "; its files are where they were.");
    return kDone;
}

} // namespace lyceum::cli
