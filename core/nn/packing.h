#pragma once

#include "core/kernels/attention.h"

#include <cstdint>
#include <vector>

namespace lyceum::nn {

/// A document inside a packed row; attention never crosses its borders.
struct Segment {
    std::int64_t row = 0;
    std::int64_t start = 0;
    std::int64_t length = 0;
};

/// The same places among the flat tokens [B * T] of rows of T. Each must lie inside its row.
[[nodiscard]] std::vector<kernels::Span> to_spans(const std::vector<Segment>& segments,
                                                  std::int64_t tokens_per_row);

} // namespace lyceum::nn
