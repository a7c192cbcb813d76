#include "core/metrics/perplexity.h"

#include <cmath>
#include <limits>

namespace lyceum::metrics {

void MeanLoss::add(double sum_nats, std::int64_t num_tokens) noexcept
{
    const double term = sum_nats - compensation_;
    const double total = sum_ + term;
    compensation_ = (total - sum_) - term;
    sum_ = total;
    num_tokens_ += num_tokens;
}

double MeanLoss::mean() const noexcept
{
    if (num_tokens_ == 0)
        return std::numeric_limits<double>::quiet_NaN();
    return sum_ / static_cast<double>(num_tokens_);
}

double MeanLoss::perplexity() const noexcept
{
    return metrics::perplexity(mean());
}

double perplexity(double nats_per_token) noexcept
{
    return std::exp(nats_per_token);
}

} // namespace lyceum::metrics
