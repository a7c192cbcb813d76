#include "core/nn/packing.h"

#include "core/base/check.h"

namespace lyceum::nn {

std::vector<kernels::Span> to_spans(const std::vector<Segment>& segments,
                                    std::int64_t tokens_per_row)
{
    std::vector<kernels::Span> spans;
    for (const Segment& segment : segments) {
        LYCEUM_CHECK(segment.start >= 0 && segment.length > 0 &&
                         segment.start + segment.length <= tokens_per_row,
                     "a segment lies inside its row");
        spans.push_back({segment.row * tokens_per_row + segment.start, segment.length});
    }
    return spans;
}

} // namespace lyceum::nn
