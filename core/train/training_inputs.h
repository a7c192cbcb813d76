#pragma once

/// @file
/// What a run trains on and with, read from disk: model, data and the checkpoint to go on from,
/// side by side.

#include "core/checkpoint/checkpoint.h"
#include "core/config/run_config.h"
#include "core/data/dataset.h"
#include "core/loader/data_module.h"
#include "core/models/model_package.h"
#include "core/nn/causal_lm.h"
#include "core/task/causal_lm_task.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lyceum::train {

struct TrainingInputs {
    models::ModelPackage package;
    std::shared_ptr<nn::CausalLm> model; ///< With an adapter added, if the method has one.
    std::unique_ptr<loader::DataModule> data;
    std::string train_sha256;
    std::string validation_sha256;
    std::optional<checkpoint::Checkpoint> resume;
};

struct InputOptions {
    std::filesystem::path workspace;
    std::filesystem::path run_folder;  ///< A model from scratch keeps its tokenizer there.
    std::filesystem::path resume = {}; ///< A checkpoint's folder, or empty.
    std::function<void(const std::string& text)> report = {}; ///< What takes long, as an event.
    std::function<void(const std::string& text)> warn = {};   ///< What a person should know first.
};

/// Reads everything with several threads; the result depends on the configuration's seed only. A
/// model from scratch is made: its tokenizer learnt from the training data if the configuration
/// says so, its weights drawn with the seed. A run folder that has its model already gives that.
/// @return the first error: of the model, the data, the checkpoint; Cancelled on a signal.
[[nodiscard]] Result<TrainingInputs> load_inputs(const config::RunConfig& config,
                                                 const InputOptions& options);

/// Answers a prompt through the model's chat template (as plain text where it has none), greedily.
/// `package` outlives it.
[[nodiscard]] task::Predict make_predict(const models::ModelPackage& package, int max_new_tokens);

/// Samples a micro-step when batch_size is auto.
inline constexpr int kAutoBatchSize = 4;

} // namespace lyceum::train
