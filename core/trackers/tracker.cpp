#include "core/trackers/tracker.h"

namespace lyceum::trackers {

namespace {

struct Delivery {
    Tracker& tracker;
    Result<void> operator()(const RunStart& start) const { return tracker.start(start); }
    Result<void> operator()(const Hyperparams& values) const
    {
        return tracker.log_hyperparams(values);
    }
    Result<void> operator()(const MetricsRecord& record) const
    {
        return tracker.log_metrics(record);
    }
    Result<void> operator()(const TextRecord& record) const { return tracker.log_text(record); }
    Result<void> operator()(const Histogram& record) const { return tracker.log_histogram(record); }
    Result<void> operator()(RunEnd end) const { return tracker.finalize(end); }
};

} // namespace

Result<void> deliver(Tracker& tracker, const Record& record)
{
    return std::visit(Delivery{tracker}, record);
}

bool is_transient(const Error& error)
{
    return error.code == ErrorCode::Io || error.code == ErrorCode::DiskFull ||
           error.code == ErrorCode::PeerLost;
}

} // namespace lyceum::trackers
