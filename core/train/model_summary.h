#pragma once

#include "core/train/callback.h"

namespace torch::nn {
class Module;
}

namespace lyceum::train {

/// Says at the start how much of the model learns and how much stays as it is.
class ModelSummary final : public Callback {
public:
    /// The model outlives it.
    explicit ModelSummary(const torch::nn::Module& model) : model_(model) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "model_summary"; }
    Result<void> on_fit_start(Trainer& trainer) override;

private:
    const torch::nn::Module& model_;
};

} // namespace lyceum::train
