#pragma once

/// @file
/// What happens to a curve between the store and the screen. Pure functions; nothing is left out by
/// drawing: decimation keeps minimum and maximum, and smoothing is drawn over the raw values.

#include <QPointF>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace lyceum::ui::curve {

/// A curve as three columns of equal length. `step` and `x` ascend; `x` is what the axis shows.
struct Columns {
    std::span<const double> step;
    std::span<const double> x;
    std::span<const double> y;
};

struct Range {
    double lower = 0;
    double upper = 1;
    [[nodiscard]] double size() const { return upper - lower; }
    friend bool operator==(const Range&, const Range&) = default;
};

/// Half-open range of indices whose x lies in `range`, and one more at each side, so that lines run
/// out of the picture.
struct Slice {
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] std::size_t size() const { return end - begin; }
};
[[nodiscard]] Slice visibleSlice(std::span<const double> x, const Range& range);

/// At most 2 points (minimum and maximum, in their order) in each of `columns` equal parts of
/// `range`. Values that are not finite are left out. All points when there are no more than that.
[[nodiscard]] std::vector<QPointF> decimate(const Columns& curve, const Range& range, int columns);

/// Gaussian mean over steps with a standard deviation of half of `halfWidth`, renormalised at the
/// ends, so it neither lags nor depends on the length. One point a step, or `maxPoints` equal
/// parts. `halfWidth` 0 gives the values themselves.
[[nodiscard]] std::vector<QPointF> smooth(const Columns& curve, const Range& range,
                                          double halfWidth, int maxPoints);

/// smooth() at one step.
[[nodiscard]] std::optional<double> smoothAt(const Columns& curve, double step, double halfWidth);

/// Index of the point whose x is nearest. Empty for an empty curve.
[[nodiscard]] std::optional<std::size_t> nearestIndex(std::span<const double> x, double at);

/// 1st to 99th percentile of the finite values after a warm-up (the first 5 %, at most 20 points,
/// left out where there are more than 40), so that a huge first loss does not flatten the rest.
/// Where the values beyond add less than half as much again, they are all in it.
[[nodiscard]] std::optional<Range> robustRange(std::span<const double> y);

/// `range` widened to the ticks around it, which are `step` apart; never of size 0.
[[nodiscard]] Range roundedRange(const Range& range, double step);

/// A tick step of 1, 2 or 5 times a power of ten that gives about `count` ticks.
[[nodiscard]] double tickStep(double size, int count);

} // namespace lyceum::ui::curve
