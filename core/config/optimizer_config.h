#pragma once

/// @file
/// The optimizer, its schedule and its groups of parameters, as `optimizer:` of run.yaml says it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace lyceum::config {

enum class Schedule : std::uint8_t {
    Cosine,
    Linear,
    Constant,
    CosineWithRestarts,
    InverseSqrt,
    Wsd,
    ReduceOnPlateau
};
enum class DecayShape : std::uint8_t { OneMinusSqrt, Linear, Cosine };
enum class StateBits : std::uint8_t { Bits32, Bits8 };

/// Optimizer steps: so many, or a share of all.
struct StepCount {
    std::int64_t steps = 0;
    double percent = 0.0; ///< Of all steps; above 0 it counts in place of `steps`.

    StepCount() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a number of steps is a StepCount
    StepCount(std::int64_t count) : steps(count) {}
    [[nodiscard]] static StepCount share(double percent_of_all);
    /// Rounded up.
    [[nodiscard]] std::int64_t of(std::int64_t total_steps) const;
    friend bool operator==(const StepCount&, const StepCount&) = default;
};

struct PlateauConfig {
    double factor = 0.5;
    int patience = 2;          ///< Validations without gain that are let pass.
    double threshold = 1.0e-4; ///< Gain that counts, as a share of the best loss.
    friend bool operator==(const PlateauConfig&, const PlateauConfig&) = default;
};

struct OptimizerConfig {
    std::string name = "adamw"; ///< adamw | sgd | lion | adafactor | muon
    double lr = 2.0e-4;
    std::optional<std::array<double, 2>> betas; ///< empty = "auto": default_betas.
    double eps = 1.0e-8;
    std::optional<double> momentum; ///< empty = "auto": default_momentum.
    bool nesterov = false;          ///< Of SGD.
    bool relative_step = false;     ///< Of Adafactor.
    StateBits state_bits = StateBits::Bits32;
    double weight_decay = 0.0;
    bool decay_norms_and_biases = false;
    double layer_lr_decay = 1.0; ///< Of each layer, on the way from the head down.
    Schedule schedule = Schedule::Cosine;
    StepCount warmup_steps = 20;
    double min_lr_ratio = 0.1;
    int cycles = 2;           ///< Of CosineWithRestarts.
    double decay_share = 0.2; ///< Of Wsd: share of all steps.
    DecayShape decay_shape = DecayShape::OneMinusSqrt;
    PlateauConfig plateau;
    friend bool operator==(const OptimizerConfig&, const OptimizerConfig&) = default;
};

/// What `auto` means for an optimizer. Nothing where it has none.
[[nodiscard]] std::optional<std::array<double, 2>> default_betas(const std::string& optimizer);
[[nodiscard]] std::optional<double> default_momentum(const std::string& optimizer);
/// With every `auto` that the optimizer uses in place.
[[nodiscard]] OptimizerConfig resolved(OptimizerConfig config);

/// Bytes of state for each trained number, at most: what memory and checkpoints must hold.
[[nodiscard]] double state_bytes_per_parameter(const OptimizerConfig& config);

} // namespace lyceum::config
