#pragma once

#include "core/config/run_config.h"
#include "core/nn/causal_lm.h"
#include "core/task/task.h"

namespace lyceum::task {

/// Answers a prompt with a model. Made by whoever may use the generator, which is a level beside
/// this one.
using Predict = std::function<Result<std::string>(nn::CausalLm& model, const std::string& prompt,
                                                  const OnText&)>;

/// Next-token prediction on the learnt tokens.
class CausalLmTask final : public Task {
public:
    CausalLmTask(std::shared_ptr<nn::CausalLm> model, const config::OptimizerConfig& optimizer,
                 Predict predict);

    [[nodiscard]] std::string_view kind() const noexcept override { return "causal_lm"; }
    [[nodiscard]] torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] Result<at::Tensor> training_step(const loader::Batch& batch,
                                                   std::int64_t global_targets) override;
    [[nodiscard]] Result<LossSum> validation_step(const loader::Batch& batch) override;
    [[nodiscard]] Result<std::string> predict_step(const std::string& prompt,
                                                   const OnText& on_text) override;
    /// As the configuration says, on parameter_groups().
    [[nodiscard]] std::unique_ptr<optim::Optimizer>
    configure_optimizers(std::vector<optim::NamedTensor> parameters) const override;

private:
    /// Summed over the batch's targets.
    [[nodiscard]] at::Tensor loss_sum(const loader::Batch& batch);

    std::shared_ptr<nn::CausalLm> model_;
    config::OptimizerConfig optimizer_;
    Predict predict_;
};

} // namespace lyceum::task
