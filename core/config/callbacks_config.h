#pragma once

/// @file
/// The sections `checkpoint:` and `callbacks:` of a run: what is kept, watched and guarded while it
/// goes on. Each callback is on when its optional is set; `callbacks.NAME: null` switches it off.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::config {

enum class MonitorMode : std::uint8_t { Min, Max };

struct CheckpointConfig {
    std::string monitor = "val_loss"; ///< Any metric that the run logs.
    MonitorMode mode = MonitorMode::Min;
    int save_top_k = 1;
    bool save_last = true;
    std::int64_t every_n_steps = 50; ///< 0 = not by steps.
    double every_n_minutes = 0;      ///< 0 = not by time.
    bool log_spaced = false;         ///< At steps 1, 2, 4, 8, ...; those stay on disk.
    bool save_on_validation = true;  ///< When it is among the best save_top_k.
    friend bool operator==(const CheckpointConfig&, const CheckpointConfig&) = default;
};

struct EarlyStoppingConfig {
    std::string monitor = "val_loss";
    int patience = 5; ///< Validations without gain.
    double min_delta = 0.0;
    MonitorMode mode = MonitorMode::Min;
    double divergence_threshold = 0.0; ///< Ends the run at once beyond it; 0 = off.
    bool check_finite = true;          ///< Ends the run when the figure is no number.
    friend bool operator==(const EarlyStoppingConfig&, const EarlyStoppingConfig&) = default;
};

/// A callback that has no settings of its own.
struct NoSettings {
    friend bool operator==(const NoSettings&, const NoSettings&) = default;
};

struct GradientNormConfig {
    bool by_layer = false;          ///< Also of the embeddings, each block and the head.
    std::int64_t every_n_steps = 1; ///< Of the norms by layer, which cost a pass each.
    friend bool operator==(const GradientNormConfig&, const GradientNormConfig&) = default;
};

struct ThroughputConfig {
    bool mfu = false; ///< Measures the machine's matmul peak once (0.2 s).
    friend bool operator==(const ThroughputConfig&, const ThroughputConfig&) = default;
};

enum class AveragingKind : std::uint8_t { Ema, Swa };

struct WeightAveragingConfig {
    AveragingKind kind = AveragingKind::Ema;
    double decay = 0.999;           ///< EMA: average = decay * average + (1 - decay) * weights.
    double start = 0.75;            ///< SWA: share of the steps after which averaging begins.
    std::int64_t every_n_steps = 1; ///< Optimizer steps between two updates of the average.
    bool validate = true;           ///< Validations and samples use the average.
    bool save = true;               ///< The model of a checkpoint is the average.
    friend bool operator==(const WeightAveragingConfig&, const WeightAveragingConfig&) = default;
};

enum class NanAction : std::uint8_t { Halt, Rollback };

struct NanGuardConfig {
    NanAction action = NanAction::Halt;
    int max_rollbacks = 3;
    friend bool operator==(const NanGuardConfig&, const NanGuardConfig&) = default;
};

enum class SpikeAction : std::uint8_t { Warn, Skip, Rollback, Halt };

struct SpikeGuardConfig {
    int window = 50;         ///< Steps that say what is usual.
    double threshold = 10.0; ///< Robust standard deviations (1.4826 MAD) above their median.
    SpikeAction action = SpikeAction::Warn;
    int max_rollbacks = 3; ///< Of skips likewise.
    friend bool operator==(const SpikeGuardConfig&, const SpikeGuardConfig&) = default;
};

struct DiskGuardConfig {
    int reserve_mib = 256; ///< What a scheduled checkpoint leaves free.
    friend bool operator==(const DiskGuardConfig&, const DiskGuardConfig&) = default;
};

struct CallbacksConfig {
    std::optional<EarlyStoppingConfig> early_stopping = EarlyStoppingConfig{};
    std::optional<NoSettings> learning_rate_monitor = NoSettings{};
    std::optional<GradientNormConfig> gradient_norm = GradientNormConfig{};
    std::optional<NoSettings> memory = NoSettings{};
    std::optional<ThroughputConfig> throughput = ThroughputConfig{};
    std::optional<WeightAveragingConfig> weight_averaging = std::nullopt;
    std::optional<NanGuardConfig> nan_guard = NanGuardConfig{};
    std::optional<SpikeGuardConfig> spike_guard = SpikeGuardConfig{};
    std::optional<DiskGuardConfig> disk_guard = DiskGuardConfig{};
    friend bool operator==(const CallbacksConfig&, const CallbacksConfig&) = default;
};

/// Seconds of `trainer.max_time`, "DD:HH:MM:SS" as Lightning writes it; nullopt when it is not that
/// (hours below 24, minutes and seconds below 60, not all zero).
[[nodiscard]] std::optional<double> parse_max_time(std::string_view text);

} // namespace lyceum::config
