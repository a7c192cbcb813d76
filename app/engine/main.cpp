/// @file
/// lyceum-engine: every verb that needs LibTorch, and one rank of training. `lyceum VERB` starts
/// it.

#include "app/engine/verb.h"
#include "app/usage/usage.h"
#include "core/base/paths.h"
#include "core/runtime/resources.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <utility>

namespace {

using lyceum::Error;
using lyceum::ErrorCode;

int exit_status(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidConfig:
        return 2;
    case ErrorCode::Cancelled:
        return 130;
    default:
        return 1;
    }
}

void report(const Error& error, bool json)
{
    std::cerr << "error: " << error.message << "\n";
    if (!error.hint.empty())
        std::cerr << "       " << error.hint << "\n";
    if (json) {
        const nlohmann::json body = {{"error", {{"message", error.message}, {"hint", error.hint}}}};
        std::cout << body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << std::endl;
    }
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("Runs language models: one rank of training, and every verb that needs LibTorch.",
                 "lyceum-engine");
    lyceum::engine::Context context;
    int threads = 0;
    app.add_option("--workspace", context.workspace, "Where runs, datasets and models are kept");
    app.add_flag("--json", context.json, "Standard output carries JSON only");
    app.add_option("--threads", threads, "Threads to compute with (default: the physical cores)")
        ->check(CLI::PositiveNumber);
    app.set_version_flag("--version",
                         "lyceum-engine " LYCEUM_VERSION ", LibTorch " LYCEUM_TORCH_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    std::vector<std::pair<CLI::App*, lyceum::engine::Action>> actions;
    for (const lyceum::engine::Verb& verb : lyceum::engine::verbs()) {
        CLI::App* command = app.add_subcommand(verb.name, verb.summary);
        actions.emplace_back(command, verb.declare(*command));
    }
    const lyceum::Result<lyceum::usage::Parsed> parsed = lyceum::usage::parse(app, argc, argv);
    if (!parsed) {
        report(parsed.error(), lyceum::usage::wants_json(argc, argv));
        return exit_status(parsed.error().code);
    }
    if (parsed.value().exit_status)
        return *parsed.value().exit_status;
    if (context.workspace.empty())
        context.workspace = lyceum::default_workspace_dir();
    lyceum::runtime::initialise(threads);
    for (const auto& [command, action] : actions) {
        if (!command->parsed())
            continue;
        const lyceum::Result<int> result = action(context);
        if (result)
            return result.value();
        report(result.error(), context.json);
        return exit_status(result.error().code);
    }
    return 2;
}
