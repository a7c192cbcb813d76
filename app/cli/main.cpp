/// @file
/// lyceum: the command line. What needs LibTorch is handed to lyceum-engine.

#include "app/cli/engine_verb.h"
#include "app/cli/verbs.h"
#include "app/usage/usage.h"

#include <span>
#include <string>
#include <variant>
#include <vector>

using namespace lyceum;

int main(int argc, char** argv)
{
    const bool json = usage::wants_json(argc, argv);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (cli::is_engine_verb(arguments))
        return cli::fail({.json = json}, cli::become_engine(arguments));
    const Result<cli::CommandLine> line = cli::parse_command_line(argc, argv);
    if (!line)
        return cli::fail({.json = json}, line.error());
    const cli::Context context{.workspace = line.value().workspace, .json = line.value().json};
    const Result<int> status = std::visit(
        [&](const auto& command) { return cli::run(command, context); }, line.value().command);
    return status ? status.value() : cli::fail(context, status.error());
}
