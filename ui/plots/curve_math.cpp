#include "ui/plots/curve_math.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lyceum::ui::curve {

namespace {

/// Where the kernel is cut, in standard deviations.
constexpr double kKernelReach = 3.0;

struct Binned {
    std::vector<double> step;
    std::vector<double> x;
    std::vector<double> mean;
    std::vector<double> weight;
};

/// Means of `parts` equal parts (or the points themselves), so that smoothing costs the width of
/// the screen and not the length of the run.
Binned bin(const Columns& curve, const Slice& slice, std::size_t parts)
{
    Binned out;
    const std::size_t perBin = std::max<std::size_t>(1, (slice.size() + parts - 1) / parts);
    for (std::size_t i = slice.begin; i < slice.end; i += perBin) {
        double sum = 0;
        double steps = 0;
        double xs = 0;
        double count = 0;
        for (std::size_t j = i; j < std::min(slice.end, i + perBin); ++j) {
            if (!std::isfinite(curve.y[j]))
                continue;
            sum += curve.y[j];
            steps += curve.step[j];
            xs += curve.x[j];
            count += 1;
        }
        if (count == 0)
            continue;
        out.step.push_back(steps / count);
        out.x.push_back(xs / count);
        out.mean.push_back(sum / count);
        out.weight.push_back(count);
    }
    return out;
}

double kernelMean(const Binned& bins, double step, double sigma)
{
    const double reach = kKernelReach * sigma;
    const auto first = std::ranges::lower_bound(bins.step, step - reach);
    double sum = 0;
    double total = 0;
    for (auto i = static_cast<std::size_t>(first - bins.step.begin());
         i < bins.step.size() && bins.step[i] <= step + reach; ++i) {
        const double d = (bins.step[i] - step) / sigma;
        const double weight = bins.weight[i] * std::exp(-0.5 * d * d);
        sum += weight * bins.mean[i];
        total += weight;
    }
    return total > 0 ? sum / total : std::numeric_limits<double>::quiet_NaN();
}

/// The slice widened by the kernel's reach, so that the picture's edges are smoothed as its middle.
Slice withReach(const Columns& curve, const Slice& slice, double reach)
{
    if (slice.size() == 0)
        return slice;
    const auto steps = curve.step;
    const auto begin = std::ranges::lower_bound(steps, steps[slice.begin] - reach);
    const auto end = std::ranges::upper_bound(steps, steps[slice.end - 1] + reach);
    return {.begin = static_cast<std::size_t>(begin - steps.begin()),
            .end = static_cast<std::size_t>(end - steps.begin())};
}

} // namespace

Slice visibleSlice(std::span<const double> x, const Range& range)
{
    auto begin = static_cast<std::size_t>(std::ranges::lower_bound(x, range.lower) - x.begin());
    auto end = static_cast<std::size_t>(std::ranges::upper_bound(x, range.upper) - x.begin());
    if (begin > 0)
        --begin;
    if (end < x.size())
        ++end;
    return {.begin = std::min(begin, end), .end = end};
}

std::vector<QPointF> decimate(const Columns& curve, const Range& range, int columns)
{
    const Slice slice = visibleSlice(curve.x, range);
    std::vector<QPointF> out;
    if (slice.size() <= 2 * static_cast<std::size_t>(std::max(1, columns))) {
        for (std::size_t i = slice.begin; i < slice.end; ++i)
            if (std::isfinite(curve.y[i]))
                out.emplace_back(curve.x[i], curve.y[i]);
        return out;
    }
    const double width = range.size() / columns;
    const auto columnOf = [&](std::size_t i) {
        return static_cast<long>(std::floor((curve.x[i] - range.lower) / width));
    };
    for (std::size_t i = slice.begin; i < slice.end;) {
        const long column = columnOf(i);
        std::optional<std::size_t> low;
        std::optional<std::size_t> high;
        for (; i < slice.end && columnOf(i) == column; ++i) {
            if (!std::isfinite(curve.y[i]))
                continue;
            if (!low || curve.y[i] < curve.y[*low])
                low = i;
            if (!high || curve.y[i] > curve.y[*high])
                high = i;
        }
        if (!low)
            continue;
        const auto first = std::min(*low, *high);
        const auto second = std::max(*low, *high);
        out.emplace_back(curve.x[first], curve.y[first]);
        if (second != first)
            out.emplace_back(curve.x[second], curve.y[second]);
    }
    return out;
}

std::vector<QPointF> smooth(const Columns& curve, const Range& range, double halfWidth,
                            int maxPoints)
{
    if (halfWidth <= 0)
        return decimate(curve, range, maxPoints / 2);
    const double sigma = halfWidth / 2.0;
    const Slice visible = visibleSlice(curve.x, range);
    const Slice wide = withReach(curve, visible, kKernelReach * sigma);
    const Binned bins = bin(curve, wide, static_cast<std::size_t>(std::max(2, maxPoints)));
    std::vector<QPointF> out;
    if (bins.step.empty() || visible.size() == 0)
        return out;
    const double first = curve.step[visible.begin];
    const double last = curve.step[visible.end - 1];
    for (std::size_t i = 0; i < bins.step.size(); ++i)
        if (bins.step[i] >= first && bins.step[i] <= last)
            out.emplace_back(bins.x[i], kernelMean(bins, bins.step[i], sigma));
    return out;
}

std::optional<double> smoothAt(const Columns& curve, double step, double halfWidth)
{
    if (curve.step.empty())
        return {};
    if (halfWidth <= 0) {
        const auto index = nearestIndex(curve.step, step);
        return curve.y[*index];
    }
    const double sigma = halfWidth / 2.0;
    const double reach = kKernelReach * sigma;
    const auto begin = std::ranges::lower_bound(curve.step, step - reach) - curve.step.begin();
    const auto end = std::ranges::upper_bound(curve.step, step + reach) - curve.step.begin();
    constexpr std::size_t kMaxBins = 4096;
    const Binned bins =
        bin(curve, {.begin = static_cast<std::size_t>(begin), .end = static_cast<std::size_t>(end)},
            kMaxBins);
    const double value = kernelMean(bins, step, sigma);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::size_t> nearestIndex(std::span<const double> x, double at)
{
    if (x.empty())
        return {};
    const auto after = static_cast<std::size_t>(std::ranges::lower_bound(x, at) - x.begin());
    if (after == 0)
        return 0;
    if (after == x.size())
        return x.size() - 1;
    return at - x[after - 1] <= x[after] - at ? after - 1 : after;
}

std::optional<Range> robustRange(std::span<const double> y)
{
    constexpr std::size_t kEnoughForWarmup = 40;
    constexpr std::size_t kMaxSample = 20000;
    const std::size_t skip =
        y.size() > kEnoughForWarmup ? std::min<std::size_t>(20, y.size() / 20) : 0;
    const std::size_t stride = std::max<std::size_t>(1, (y.size() - skip) / kMaxSample);
    std::vector<double> values;
    for (std::size_t i = skip; i < y.size(); i += stride)
        if (std::isfinite(y[i]))
            values.push_back(y[i]);
    if (values.empty())
        return {};
    const auto percentile = [&values](double share) {
        const auto n = static_cast<double>(values.size() - 1);
        const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::lround(share * n));
        std::ranges::nth_element(values, at);
        return *at;
    };
    constexpr double kCut = 0.01;
    constexpr double kWorthShowing = 0.5;
    Range range{.lower = percentile(kCut), .upper = percentile(1.0 - kCut)};
    double low = range.lower;
    double high = range.upper;
    for (std::size_t i = 0; i < y.size(); i += stride) {
        if (std::isfinite(y[i])) {
            low = std::min(low, y[i]);
            high = std::max(high, y[i]);
        }
    }
    const double reach = kWorthShowing * range.size();
    if (range.lower - low <= reach)
        range.lower = low;
    if (high - range.upper <= reach)
        range.upper = high;
    return range;
}

double tickStep(double size, int count)
{
    if (!(size > 0) || !std::isfinite(size))
        return 1.0;
    const double raw = size / std::max(1, count);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    const double mantissa = raw / power;
    const double nice = mantissa < 1.5 ? 1.0 : mantissa < 3.5 ? 2.0 : mantissa < 7.5 ? 5.0 : 10.0;
    return nice * power;
}

Range roundedRange(const Range& range, double step)
{
    if (!(range.size() > 0)) {
        const double air = std::max(std::abs(range.lower) * 0.1, 1e-9);
        return {.lower = range.lower - air, .upper = range.upper + air};
    }
    return {.lower = std::floor(range.lower / step) * step,
            .upper = std::ceil(range.upper / step) * step};
}

} // namespace lyceum::ui::curve
