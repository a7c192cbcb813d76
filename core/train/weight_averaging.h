#pragma once

#include "core/config/callbacks_config.h"
#include "core/optim/optimizer.h"
#include "core/train/callback.h"

#include <vector>

namespace lyceum::train {

/// A running average of what trains. EMA: avg = decay * avg + (1 - decay) * w, from the first step
/// on (Polyak and Juditsky 1992); SWA: the equal average of the steps after `start` (Izmailov et
/// al. 2018, arXiv:1803.05407). As torch.optim.swa_utils.AveragedModel: the first update copies.
///
/// Validations and samples see the average, and checkpoints hold it as the model, beside the
/// weights that training goes on with; each can be switched off.
class WeightAveraging final : public Callback {
public:
    explicit WeightAveraging(const config::WeightAveragingConfig& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "weight_averaging"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override;
    Result<void> on_evaluation_start(Trainer& trainer) override;
    Result<void> on_evaluation_end(Trainer& trainer) override;
    Result<void> on_save_checkpoint(Trainer& trainer, checkpoint::Checkpoint& checkpoint) override;
    /// @return InvalidData naming a tensor that is missing or of another shape.
    Result<void> on_load_checkpoint(Trainer& trainer,
                                    const checkpoint::Checkpoint& checkpoint) override;
    [[nodiscard]] nlohmann::json state() const override;

private:
    config::WeightAveragingConfig options_;
    std::vector<optim::NamedTensor> average_; ///< Empty until it begins.
    std::vector<at::Tensor> current_;         ///< The weights, while the model holds the average.
    std::int64_t num_averaged_ = 0;
    int evaluations_ = 0; ///< Nested.
};

} // namespace lyceum::train
