#pragma once

/// @file
/// MLflow's REST API, as far as a run needs it. Source: mlflow.org/docs/latest/api_reference/
/// rest-api.html, and the limits of mlflow/utils/validation.py.

#include "core/trackers/http_client.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::trackers {

struct MlflowRun {
    std::string experiment_id;
    std::string run_id;
    std::string artifact_uri;
};

/// Errors: Io when the server is away, busy or broken (status 429, 5xx, an answer that is no JSON):
/// try later. InvalidConfig when it refuses us (401, 403), InvalidData when it refuses the request.
class MlflowApi {
public:
    explicit MlflowApi(HttpServer server) : client_(std::move(server)) {}

    /// The experiment's id; makes the experiment where there is none.
    [[nodiscard]] Result<std::string> experiment(const std::string& name);
    /// The run with that tag lyceum.uid; none where no earlier attempt made one.
    [[nodiscard]] Result<std::optional<MlflowRun>> find_run(const std::string& experiment_id,
                                                            const std::string& uid);
    struct NewRun {
        std::string experiment_id, uid, name;
        std::int64_t start_time = 0; ///< Milliseconds.
    };
    [[nodiscard]] Result<MlflowRun> create_run(const NewRun& run);
    /// @param batch {"metrics": [...]}, {"params": [...]}.
    [[nodiscard]] Result<void> log_batch(const std::string& run_id, nlohmann::json batch);
    /// @param end_time Milliseconds; 0: it runs.
    [[nodiscard]] Result<void> set_status(const std::string& run_id, std::string_view status,
                                          std::int64_t end_time);
    /// @param path Within the run's artifacts. @return Unsupported when the server keeps them
    /// elsewhere.
    [[nodiscard]] Result<void> put_text(const MlflowRun& run, const std::string& path,
                                        const std::string& text);

    void cancel() { client_.cancel(); }
    [[nodiscard]] const std::string& origin() const { return client_.server().origin; }

private:
    Result<nlohmann::json> call(const std::string& method, const std::string& path,
                                const nlohmann::json& body = nullptr);

    HttpClient client_;
};

} // namespace lyceum::trackers
