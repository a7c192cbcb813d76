#pragma once

#include "core/data/dataset.h"

#include <string_view>
#include <variant>

namespace lyceum::data {

/// One line of a .jsonl file as a record, or the first thing that is wrong with it.
[[nodiscard]] std::variant<Record, RecordProblem> parse_record(std::string_view line);

} // namespace lyceum::data
