#pragma once

#include "core/checkpoint/retention.h"
#include "core/config/run_config.h"
#include "core/train/callback.h"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace lyceum::checkpoint {
struct Checkpoint;
struct SavedCheckpoint;
} // namespace lyceum::checkpoint

namespace lyceum::train {

/// Writes a checkpoint.
using Save = std::function<Result<checkpoint::SavedCheckpoint>(
    const std::filesystem::path& run_folder, const checkpoint::Checkpoint&)>;

/// Saves on schedule (every n steps or minutes, at steps 1, 2, 4, 8, ...), when asked, at the end,
/// and after every validation that is among the best save_top_k by the monitored metric; removes
/// what need not stay, never the best nor one that is pinned; keeps index.json. Those of the
/// log-spaced schedule are pinned.
///
/// A full disk pauses the run: it waits for space or a stop, and nothing is lost meanwhile.
class ModelCheckpoint final : public Callback {
public:
    /// @param save For tests; checkpoint::save_checkpoint when empty.
    explicit ModelCheckpoint(const config::CheckpointConfig& options, Save save = {});

    [[nodiscard]] std::string_view name() const noexcept override { return "model_checkpoint"; }
    /// Removes half-written folders of a killed process, takes stock of what is there.
    Result<void> on_fit_start(Trainer& trainer) override;
    /// @return InvalidConfig naming the metrics there are, when the monitored one is not logged.
    Result<void> on_validation_end(Trainer& trainer, const ValidationReport& report) override;
    Result<void> on_step_finished(Trainer& trainer) override;
    Result<void> on_poll(Trainer& trainer) override;
    /// @return DiskFull when stopped while waiting for space; Io.
    Result<void> on_save(Trainer& trainer, SaveReason reason) override;

private:
    [[nodiscard]] bool is_due(std::int64_t step) const;
    [[nodiscard]] bool is_pinned(std::int64_t step) const;
    /// Of the current step; none when it is not a number.
    [[nodiscard]] std::optional<double> monitored(const Trainer& trainer) const;
    Result<void> write(Trainer& trainer, SaveReason reason);
    Result<void> report(Trainer& trainer, const checkpoint::SavedCheckpoint& saved,
                        SaveReason reason);
    Result<checkpoint::SavedCheckpoint>
    write_when_there_is_space(Trainer& trainer, const checkpoint::Checkpoint& checkpoint);
    Result<void> retire(Trainer& trainer);
    Result<void> write_index(Trainer& trainer);
    [[nodiscard]] bool is_among_best(double value) const;

    config::CheckpointConfig options_;
    checkpoint::RetentionPolicy policy_;
    Save save_;
    std::vector<checkpoint::KeptCheckpoint> kept_;
    std::chrono::steady_clock::time_point saved_at_;
};

} // namespace lyceum::train
