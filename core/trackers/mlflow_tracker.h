#pragma once

#include "core/trackers/mlflow_api.h"
#include "core/trackers/mlflow_spool.h"
#include "core/trackers/tracker.h"

#include <optional>
#include <string>

namespace lyceum::trackers {

/// A run at an MLflow server. Every record goes to a file of the run's folder first (MlflowSpool);
/// `sync` sends on what waits, so a server that is away costs nothing but time.
class MlflowTracker final : public Tracker {
public:
    struct Options {
        Result<HttpServer> server; ///< An error is what `sync` says.
        std::string experiment;
    };
    explicit MlflowTracker(Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "mlflow"; }
    Result<void> start(const RunStart& start) override;
    Result<void> log_hyperparams(const Hyperparams& values) override;
    Result<void> log_metrics(const MetricsRecord& record) override;
    Result<void> log_text(const TextRecord& record) override;
    Result<void> finalize(RunEnd end) override;
    /// One request, or the few that make the run known.
    Result<void> sync() override;
    [[nodiscard]] std::uint64_t num_waiting() const override;
    void cancel() override;

    /// As `start`, but no attempt begins: to send what an earlier one left.
    [[nodiscard]] Result<void> open(const std::string& run, const std::filesystem::path& folder,
                                    double start_time);
    /// The status that was spooled last; empty while the run has not ended.
    [[nodiscard]] const std::string& last_status() const { return spool_.last_status(); }

private:
    Result<void> make_run();
    Result<void> send(const MlflowSpool::Batch& batch);

    Options options_;
    std::optional<MlflowApi> api_;
    MlflowSpool spool_;
    std::string run_;
    double start_time_ = 0;
};

} // namespace lyceum::trackers
