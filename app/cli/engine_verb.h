#pragma once

/// @file
/// Verbs that need LibTorch: `lyceum VERB ...` becomes `lyceum-engine VERB ...`.

#include "core/base/result.h"

#include <span>
#include <string>
#include <vector>

namespace lyceum::cli {

struct EngineVerb {
    std::string name;
    std::string description;
};
[[nodiscard]] const std::vector<EngineVerb>& engine_verbs();

/// Whether the arguments (without the program's name) ask for one of them.
[[nodiscard]] bool is_engine_verb(std::span<const std::string> arguments);

/// Becomes the engine, with the same arguments; returns only if that failed.
[[nodiscard]] Error become_engine(std::span<const std::string> arguments);

} // namespace lyceum::cli
