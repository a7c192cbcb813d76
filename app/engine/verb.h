#pragma once

/// @file
/// A verb of lyceum-engine: its options and what runs when it is called. One small file a verb,
/// listed in verbs.cpp.

#include "core/base/result.h"

#include <CLI/App.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lyceum::engine {

/// What every verb is told.
struct Context {
    std::filesystem::path workspace;
    bool json = false; ///< Standard output carries JSON only; people's text goes to standard error.
};

/// Runs a verb. @return its exit status (0 done, 1 failed, 130 stopped), or an error that main
/// reports.
using Action = std::function<Result<int>(const Context&)>;

struct Verb {
    std::string name;
    std::string summary;
    /// Declares the options on the verb's own command and returns what to run once they are read.
    std::function<Action(CLI::App&)> declare;
};

[[nodiscard]] Verb score_verb();
[[nodiscard]] Verb generate_verb();
[[nodiscard]] Verb embed_verb();
[[nodiscard]] Verb export_verb();
[[nodiscard]] Verb serve_verb();
[[nodiscard]] Verb train_verb();
[[nodiscard]] Verb evaluate_verb();

/// Every verb, in the order --help shows them.
[[nodiscard]] std::vector<Verb> verbs();

} // namespace lyceum::engine
