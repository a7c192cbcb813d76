#include "core/trackers/make_trackers.h"

#include "core/base/check.h"
#include "core/config/fields.h"
#include "core/config/trackers.h"
#include "core/trackers/csv_tracker.h"
#include "core/trackers/jsonl_tracker.h"
#include "core/trackers/mlflow_tracker.h"
#include "core/trackers/tensorboard_tracker.h"
#include "core/trackers/wandb_tracker.h"

#include <cstdlib>
#include <string>

namespace lyceum::trackers {

namespace {

/// Where `mlflow server` listens when nothing else is said.
constexpr const char* kDefaultServer = "http://127.0.0.1:5000";

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Result<HttpServer> mlflow_server(const std::string& uri)
{
    const auto from_environment = environment("MLFLOW_TRACKING_URI");
    LYCEUM_ASSIGN(auto server, parse_server(!uri.empty()                ? uri
                                            : !from_environment.empty() ? from_environment
                                                                        : kDefaultServer));
    if (const auto name = environment("MLFLOW_TRACKING_USERNAME"); !name.empty()) {
        server.username = name;
        server.password = environment("MLFLOW_TRACKING_PASSWORD");
    }
    server.token = environment("MLFLOW_TRACKING_TOKEN");
    server.certificate_file = environment("MLFLOW_TRACKING_SERVER_CERT_PATH");
    server.checks_certificate = environment("MLFLOW_TRACKING_INSECURE_TLS") != "true";
    return server;
}

} // namespace

std::unique_ptr<Tracker> make_tracker(const config::TrackerConfig& tracker)
{
    const auto option = [&tracker](const char* name) {
        return config::tracker_option(tracker, name);
    };
    if (tracker.name == "csv")
        return std::make_unique<CsvTracker>();
    if (tracker.name == "jsonl")
        return std::make_unique<JsonlTracker>();
    if (tracker.name == "tensorboard")
        return std::make_unique<TensorBoardTracker>();
    if (tracker.name == "wandb")
        return std::make_unique<WandbTracker>(
            WandbTracker::Options{.project = option("project"), .entity = option("entity")});
    LYCEUM_CHECK(tracker.name == "mlflow", "no tracker " + tracker.name);
    return std::make_unique<MlflowTracker>(MlflowTracker::Options{
        .server = mlflow_server(option("uri")), .experiment = option("experiment")});
}

std::vector<std::unique_ptr<Tracker>>
make_trackers(const std::vector<config::TrackerConfig>& trackers)
{
    std::vector<std::unique_ptr<Tracker>> made;
    for (const auto& tracker : trackers)
        made.push_back(make_tracker(tracker));
    return made;
}

Hyperparams hyperparams_of(const config::RunConfig& config)
{
    Hyperparams values;
    for (const auto& field : config::fields())
        values.emplace_back(field.path, config::get_field(config, field.path));
    return values;
}

} // namespace lyceum::trackers
