#pragma once

/// @file
/// Comma-separated values. Source: RFC 4180, with line feeds alone, as pandas writes them.

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::trackers {

/// One line, with its line feed. Cells with a comma, a quote or a line break are quoted.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

/// The lines that are whole: one that a killed process left half-written is not among them.
[[nodiscard]] std::vector<std::vector<std::string>> parse_csv(std::string_view text);

} // namespace lyceum::trackers
