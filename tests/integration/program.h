#pragma once

#include "core/base/process.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace lyceum::test {

/// What a program said and how it ended.
struct Outcome {
    int status = -1;
    std::string out;
    std::string err;

    /// Every line of standard output as JSON; a line that is none becomes a discarded value.
    [[nodiscard]] std::vector<nlohmann::json> lines() const;
    /// The last of them.
    [[nodiscard]] nlohmann::json last() const;
};

/// Runs the built `lyceum` in a workspace.
class Lyceum {
public:
    explicit Lyceum(std::filesystem::path workspace);

    [[nodiscard]] Outcome operator()(std::vector<std::string> arguments) const;

    [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }

private:
    std::filesystem::path workspace_;
};

} // namespace lyceum::test
