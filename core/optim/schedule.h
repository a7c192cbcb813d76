#pragma once

#include "core/base/result.h"
#include "core/config/optimizer_config.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace lyceum::optim {

/// Learning rate over a run: linear warm-up, then what `kind` says, down to `min_lr_ratio` of the
/// peak. ReduceOnPlateau is constant here: see Schedule.
struct ScheduleOptions {
    config::Schedule kind = config::Schedule::Cosine;
    double peak = 2.0e-4;
    std::int64_t warmup_steps = 0;
    std::int64_t total_steps = 1; ///< Optimizer steps of the whole run.
    double min_lr_ratio = 0.0;
    int cycles = 1;               ///< Of CosineWithRestarts.
    std::int64_t decay_steps = 0; ///< Of Wsd: the last ones.
    config::DecayShape decay_shape = config::DecayShape::OneMinusSqrt;
};

/// The rate of optimizer step `step`, from 0.
/// Warm-up: peak * (step + 1) / warmup_steps, so that no step has the rate 0. After it the values
/// are those of transformers' get_{cosine_with_min_lr,cosine_with_hard_restarts,linear,constant,
/// inverse_sqrt,wsd}_schedule at `step`; past total_steps the last value stays. Where those have no
/// minimum, min_lr_ratio is one: the others' range is squeezed, the inverse root is cut off.
[[nodiscard]] double learning_rate(const ScheduleOptions& options, std::int64_t step);

/// The learning rate as a run goes on: a function of the step, which what is measured may change.
class Schedule {
public:
    virtual ~Schedule() = default;

    /// Of optimizer step `step`, from 0, as things stand.
    [[nodiscard]] virtual double learning_rate(std::int64_t step) const = 0;

    /// @return what changes because of this loss, for people to read.
    virtual std::optional<std::string> on_validation(double /*loss*/) { return std::nullopt; }
    [[nodiscard]] virtual bool needs_validation() const { return false; }

    /// What going on exactly needs; null: nothing.
    [[nodiscard]] virtual nlohmann::json state() const { return nullptr; }
    /// @return InvalidData naming the key that is missing or wrong.
    [[nodiscard]] virtual Result<void> load_state(const nlohmann::json& /*state*/) { return {}; }
};

/// @param total_steps of the whole run.
[[nodiscard]] std::unique_ptr<Schedule> make_schedule(const config::OptimizerConfig& config,
                                                      std::int64_t total_steps);

} // namespace lyceum::optim
