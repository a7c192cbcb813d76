#pragma once

#include "core/config/run_config.h"
#include "core/trackers/tracker.h"

#include <memory>
#include <vector>

namespace lyceum::trackers {

/// @param tracker Valid. Servers and secrets are read from the environment: MLFLOW_TRACKING_URI,
/// _USERNAME, _PASSWORD, _TOKEN, _INSECURE_TLS, _SERVER_CERT_PATH, as MLflow's own client does.
[[nodiscard]] std::unique_ptr<Tracker> make_tracker(const config::TrackerConfig& tracker);
[[nodiscard]] std::vector<std::unique_ptr<Tracker>>
make_trackers(const std::vector<config::TrackerConfig>& trackers);

/// Every field of a configuration.
[[nodiscard]] Hyperparams hyperparams_of(const config::RunConfig& config);

} // namespace lyceum::trackers
