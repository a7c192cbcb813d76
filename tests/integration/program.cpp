#include "tests/integration/program.h"

#include "core/base/paths.h"
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace lyceum::test {

std::vector<nlohmann::json> Outcome::lines() const
{
    std::vector<nlohmann::json> values;
    for (const std::string& line : split(out, '\n')) {
        if (!line.empty())
            values.push_back(nlohmann::json::parse(line, nullptr, false));
    }
    return values;
}

nlohmann::json Outcome::last() const
{
    const std::vector<nlohmann::json> all = lines();
    return all.empty() ? nlohmann::json{} : all.back();
}

Lyceum::Lyceum(std::filesystem::path workspace) : workspace_(std::move(workspace)) {}

Outcome Lyceum::operator()(std::vector<std::string> arguments) const
{
    SpawnOptions options{
        .arguments = {program_path("lyceum").string(), "--workspace", workspace_.string()}};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    const auto captured = run_captured(options, std::chrono::minutes{3});
    if (!captured) {
        ADD_FAILURE() << captured.error().message;
        return {};
    }
    return {captured.value().exit_status, captured.value().standard_output,
            captured.value().standard_error};
}

} // namespace lyceum::test
