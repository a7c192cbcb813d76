#pragma once

/// @file
/// Wrong usage of a command line, said so that people can repair it. Shared by the executables.

#include "core/base/result.h"

#include <CLI/App.hpp>

#include <optional>

namespace lyceum::usage {

/// What the arguments asked for, besides a command to run.
struct Parsed {
    std::optional<int> exit_status; ///< Set when --help or --version has been answered already.
};

/// Parses the arguments; the only place that hears CLI11's exceptions.
/// @return InvalidConfig naming the wrong argument and the verb or option nearest to it.
[[nodiscard]] Result<Parsed> parse(CLI::App& app, int argc, const char* const* argv);

/// Whether --json is among the arguments: known before, and in spite of, wrong usage.
[[nodiscard]] bool wants_json(int argc, const char* const* argv);

} // namespace lyceum::usage
