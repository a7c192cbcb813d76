#include "core/task/causal_lm_task.h"

#include "core/optim/make_optimizer.h"
#include "core/runtime/guard.h"
#include "core/task/chunked_cross_entropy.h"
#include "core/task/parameter_groups.h"

namespace lyceum::task {

CausalLmTask::CausalLmTask(std::shared_ptr<nn::CausalLm> model,
                           const config::OptimizerConfig& optimizer, Predict predict)
    : model_(std::move(model)), optimizer_(optimizer), predict_(std::move(predict))
{
}

at::Tensor CausalLmTask::loss_sum(const loader::Batch& batch)
{
    auto hidden = model_->hidden_states(batch.ids, batch.positions, batch.segments); // [B, T, D]
    hidden = hidden.flatten(0, 1).index_select(0, batch.predictors);                 // [N, D]
    return chunked_cross_entropy(hidden, model_->head_weight(), batch.targets);
}

Result<at::Tensor> CausalLmTask::training_step(const loader::Batch& batch,
                                               std::int64_t global_targets)
{
    return runtime::guard("the forward pass of a training step",
                          [&] { return loss_sum(batch) / static_cast<double>(global_targets); });
}

Result<LossSum> CausalLmTask::validation_step(const loader::Batch& batch)
{
    return runtime::guard("a validation step", [&] {
        const torch::NoGradGuard no_grad;
        return LossSum{loss_sum(batch).item<double>(), batch.num_targets()};
    });
}

Result<std::string> CausalLmTask::predict_step(const std::string& prompt, const OnText& on_text)
{
    return predict_(*model_, prompt, on_text);
}

std::unique_ptr<optim::Optimizer>
CausalLmTask::configure_optimizers(std::vector<optim::NamedTensor> parameters) const
{
    return optim::make_optimizer(
        optimizer_, parameter_groups(std::move(parameters), model_->architecture(), optimizer_));
}

} // namespace lyceum::task
