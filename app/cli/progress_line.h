#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lyceum::cli {

/// What a progress line shows.
struct ProgressView {
    std::string phase; ///< "training", "validating", ...
    std::int64_t step = 0;
    std::int64_t total_steps = 0; ///< 0 while it is not known.
    std::optional<double> train_loss;
    std::optional<double> val_loss;
    std::optional<double> tokens_per_second;
    std::optional<double> seconds_left;
};

/// "[####....]  40 %  step 48/120  loss 1.234 ...", at most `width` characters; without a bar when
/// `width` is 0, for a log.
[[nodiscard]] std::string progress_line(const ProgressView& view, int width);

} // namespace lyceum::cli
