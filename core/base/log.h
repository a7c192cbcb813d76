#pragma once

/// @file
/// One line of text an event on standard error: `2026-01-31T12:00:00Z info  message`.
/// The engine's standard error is `logs/rank-N.log` of its run.

#include <string_view>

namespace lyceum::log {

void info(std::string_view message);
void warning(std::string_view message);
void error(std::string_view message);

} // namespace lyceum::log
