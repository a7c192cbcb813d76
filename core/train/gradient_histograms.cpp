#include "core/train/gradient_histograms.h"

#include "core/runtime/guard.h"
#include "core/trackers/numbers.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace lyceum::train {

namespace {

constexpr std::int64_t kBuckets = 30;

trackers::Histogram histogram_of(const std::vector<at::Tensor>& gradients)
{
    trackers::Histogram histogram{.minimum = std::numeric_limits<double>::infinity(),
                                  .maximum = -std::numeric_limits<double>::infinity()};
    for (const auto& gradient : gradients) {
        histogram.minimum = std::min(histogram.minimum, gradient.min().item<double>());
        histogram.maximum = std::max(histogram.maximum, gradient.max().item<double>());
        histogram.sum += gradient.sum(at::kDouble).item<double>();
        histogram.sum_squares += gradient.square().sum(at::kDouble).item<double>();
    }
    if (!std::isfinite(histogram.sum_squares))
        return {};
    if (histogram.minimum == histogram.maximum) { // a bucket needs a width
        histogram.minimum -= 0.5;
        histogram.maximum += 0.5;
    }
    histogram.counts.resize(kBuckets);
    for (const auto& gradient : gradients) {
        const auto counts =
            gradient.histc(kBuckets, histogram.minimum, histogram.maximum).to(at::kDouble);
        for (std::int64_t i = 0; i < kBuckets; ++i)
            histogram.counts[static_cast<std::size_t>(i)] += counts[i].item<double>();
    }
    const double width = (histogram.maximum - histogram.minimum) / kBuckets;
    for (std::int64_t i = 1; i <= kBuckets; ++i)
        histogram.limits.push_back(histogram.minimum + width * static_cast<double>(i));
    return histogram;
}

} // namespace

std::string layer_group(std::string_view parameter)
{
    std::size_t begin = 0;
    while (begin < parameter.size()) {
        const auto end = std::min(parameter.find('.', begin), parameter.size());
        const auto part = parameter.substr(begin, end - begin);
        if (!part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos)
            return std::string(parameter.substr(0, end));
        begin = end + 1;
    }
    return std::string(parameter.substr(0, parameter.find('.')));
}

Result<std::vector<trackers::Histogram>> gradient_histograms(const torch::nn::Module& module,
                                                             std::int64_t step)
{
    return runtime::guard("a histogram of the gradients", [&] {
        const torch::NoGradGuard no_grad;
        std::map<std::string, std::vector<at::Tensor>> groups;
        for (const auto& item : module.named_parameters())
            if (item.value().grad().defined())
                // On the CPU: histc of other devices is not deterministic.
                groups[layer_group(item.key())].push_back(
                    item.value().grad().to(at::kCPU, at::kFloat).flatten());
        std::vector<trackers::Histogram> histograms;
        for (const auto& [name, gradients] : groups) {
            auto histogram = histogram_of(gradients);
            if (histogram.counts.empty())
                continue;
            histogram.name = "gradients/" + name;
            histogram.step = step;
            histogram.time = trackers::now_seconds();
            histograms.push_back(std::move(histogram));
        }
        return histograms;
    });
}

} // namespace lyceum::train
