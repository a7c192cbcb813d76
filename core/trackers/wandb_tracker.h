#pragma once

#include "core/trackers/append_file.h"
#include "core/trackers/tracker.h"

#include <map>
#include <string>

namespace lyceum::formats {
class ProtoWriter;
}

namespace lyceum::trackers {

/// An offline run of Weights & Biases, <folder>/wandb/offline-run-<time>-<id>/run-<id>.wandb, that
/// `wandb sync` sends to their server. Needs no account and no network here.
///
/// Source: wandb/proto/wandb_internal.proto; read by wandb from 0.70.0 of that format on.
class WandbTracker final : public Tracker {
public:
    struct Options {
        std::string project;
        std::string entity; ///< Empty: the account's own.
    };
    explicit WandbTracker(Options options) : options_(std::move(options)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "wandb"; }
    Result<void> start(const RunStart& start) override;
    Result<void> log_hyperparams(const Hyperparams& values) override;
    Result<void> log_metrics(const MetricsRecord& record) override;
    Result<void> log_text(const TextRecord& record) override;
    Result<void> finalize(RunEnd end) override;

private:
    /// Values of one step, as JSON.
    using Row = std::map<std::string, std::string>;

    Result<void> begin(const RunStart& start);
    Result<void> go_on(const RunStart& start, std::string_view bytes);
    Result<void> append(const formats::ProtoWriter& record);
    Result<void> add_to_row(std::int64_t step, double time, const Row& values);

    Options options_;
    AppendFile file_;
    std::string id_;
    std::string run_;
    double start_time_ = 0;
    std::uint64_t num_records_ = 0;
    bool has_run_record_ = false;
    Row row_; ///< The last one, which more values of its step may join.
    std::int64_t row_step_ = -1;
    std::uint64_t row_offset_ = 0;
    std::uint64_t row_num_ = 0; ///< Records before it.
    Row latest_;
};

} // namespace lyceum::trackers
