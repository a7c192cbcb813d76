#pragma once

/// @file
/// TrainerState: everything but tensors that going on exactly needs; `trainer_state.json` of a
/// checkpoint.

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace lyceum::checkpoint {

struct TrainerState {
    std::int64_t step = 0;   ///< Optimizer steps done.
    std::int64_t tokens = 0; ///< Trained on, without padding.
    std::int64_t optimizer_steps = 0;

    // Time spent in training steps, for the throughput of the whole run.
    double timed_seconds = 0;
    std::int64_t timed_tokens = 0;

    std::optional<double> train_loss; ///< Of the latest step.
    std::optional<double> val_loss;   ///< Of the latest validation.

    // Where the training loader stands (loader::LoaderState).
    std::int64_t epoch = 0;
    std::int64_t rows_taken = 0;
    std::string data_fingerprint;

    nlohmann::json precision = nullptr; ///< {"name", "state"}: runtime::Precision's.

    std::string random_state; ///< LibTorch's default CPU generator, hexadecimal.
    int num_threads = 0;      ///< Sums depend on it: another number gives another last bit.

    nlohmann::json callbacks = nlohmann::json::object(); ///< Each callback's own, by its name.
};

[[nodiscard]] std::string to_json(const TrainerState& state);
/// @return InvalidData naming the key that is missing or wrong.
[[nodiscard]] Result<TrainerState> trainer_state_from_json(std::string_view text,
                                                           std::string_view source_name);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// @return InvalidData when it is not hexadecimal.
[[nodiscard]] Result<std::string> from_hex(std::string_view text);

} // namespace lyceum::checkpoint
