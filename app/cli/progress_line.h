#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

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

/// Time left from the steps of the last half minute, pauses for validation and saving included.
class Pace {
public:
    using Clock = std::chrono::steady_clock;
    void add(Clock::time_point time, std::int64_t step);
    /// Empty until two different steps have been seen.
    [[nodiscard]] std::optional<double> seconds_for(std::int64_t num_steps) const;

private:
    std::deque<std::pair<Clock::time_point, std::int64_t>> seen_;
};

} // namespace lyceum::cli
