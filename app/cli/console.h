#pragma once

/// @file
/// How verbs speak: results on standard output, people's text beside it, one way to fail.

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string_view>

namespace lyceum::cli {

using Json = nlohmann::ordered_json;

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;
inline constexpr int kStoppedBySignal = 130;

/// What every verb is told.
struct Context {
    std::filesystem::path workspace;
    bool json = false;
};

/// One JSON object on a line of standard output, at once.
void print_json(const Json& object);

/// A line of a result for people on standard output; only without --json.
void print_line(std::string_view line);

/// A line that is no result: standard error.
void say(std::string_view line);

/// Reports an error on standard error and, with --json, as {"error"} on standard output.
/// @return the exit status that fits: 2 for InvalidConfig, 130 for Cancelled, else 1.
int fail(const Context& context, const Error& error);

} // namespace lyceum::cli
